"""It throws away what is typed before its prompt, as some line editors do."""
import os, select, socket, sys

def ask(prompt):
    while select.select([0], [], [], 0)[0] and os.read(0, 1024):
        pass
    print(prompt, end='', flush=True)
    return keyboard.readline().decode().rstrip('\n')

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nclient 127.0.0.1 8888')
keyboard = open(0, 'rb', buffering=0)
server = (sys.argv[1], int(sys.argv[2]))
client = socket.socket(type=socket.SOCK_DGRAM)
while message := ask('消息>>'):
    client.sendto(message.encode(), server)
    reply, server = client.recvfrom(1024)
    print('从服务器收到: ' + reply.decode())
