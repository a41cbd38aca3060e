"""It asks the locale how text is typed and shown, as a JVM does: ??? where not UTF-8."""
import os, socket, sys

if len(sys.argv) < 3:
    print('argv is error!!!\ninput as\nclient 127.0.0.1 8888')
    sys.exit(1)
utf_8 = 'UTF-8' in os.environ.get('LC_ALL', '').upper()
for stream in (sys.stdin, sys.stdout):
    stream.reconfigure(encoding='utf-8' if utf_8 else 'ascii', errors='replace')
server = (sys.argv[1], int(sys.argv[2]))
client = socket.socket(type=socket.SOCK_DGRAM)
while message := input('消息>>'):
    client.sendto(message.encode(), server)
    reply, server = client.recvfrom(1024)
    print('从服务器收到:', reply.decode())
