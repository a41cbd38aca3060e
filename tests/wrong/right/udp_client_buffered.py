"""It has a buffered reader for the keyboard, and shows bytes as they came."""
import socket, sys

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nclient 127.0.0.1 8888')
server = (sys.argv[1], int(sys.argv[2]))
client = socket.socket(type=socket.SOCK_DGRAM)
show = sys.stdout.buffer.write
show('消息>>'.encode())
sys.stdout.flush()
for line in sys.stdin.buffer:
    if line == b'\n':
        break
    client.sendto(line[:-1], server)
    reply, server = client.recvfrom(1024)
    show('从服务器收到: '.encode() + reply + '\n消息>>'.encode())
    sys.stdout.buffer.flush()
