"""It is made with socketserver, a thread for each datagram."""
import socketserver, sys, time

class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        message, server = self.request
        text = message.decode()
        print(f'recv from {self.client_address}:{text}\n', end='')
        server.sendto(f'{time.ctime()} 接收到消息'.encode(), self.client_address)

class Server(socketserver.ThreadingUDPServer):
    max_packet_size = 1024

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nserver.py 127.0.0.1 8888')
Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
