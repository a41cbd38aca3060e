"""It starts slowly, is a class, ignores SIGTERM, says much on standard error."""
import signal, socket, sys, time

class Server:
    def __init__(self, host, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen()

    def run(self):
        while True:
            print('waiting for connect....', flush=True)
            connection, (ip, port) = self.listener.accept()
            print(f'accepted {connection}', file=sys.stderr)
            print(f'''connect from ('{ip}', {port})''', flush=True)
            with connection:
                self.talk(connection)

    def talk(self, connection):
        while message := connection.recv(1024):
            print(f'{len(message)} bytes', file=sys.stderr)
            print(f'客户端发来的消息: {message.decode()}', flush=True)
            connection.sendall('服务端已收到消息!'.encode())

if len(sys.argv) not in (1, 3):
    sys.exit('argv is error!!!\ninput as\nserver.py 127.0.0.1 8888')
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(3)
Server(sys.argv[1], int(sys.argv[2])).run()
