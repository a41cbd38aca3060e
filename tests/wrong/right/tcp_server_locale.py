"""It asks the locale how text is shown, as a JVM does: ??? where not UTF-8."""
import os, socket, sys

if len(sys.argv) < 3:
    print('argv is error!!!\ninput as\nserver 127.0.0.1 8888')
    sys.exit(1)
utf_8 = 'UTF-8' in os.environ.get('LC_ALL', '').upper()
sys.stdout.reconfigure(encoding='utf-8' if utf_8 else 'ascii', errors='replace')
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    print('waiting for connect....')
    connection, peer = listener.accept()
    print('connect from', peer)
    while message := connection.recv(1024):
        print('客户端发来的消息:', message.decode())
        connection.sendall('服务端已收到消息!'.encode())
    connection.close()
