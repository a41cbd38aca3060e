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
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while message := ask('发消息>>'):
    connection.sendall(message.encode())
    print(connection.recv(1024).decode())
