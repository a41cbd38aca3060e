"""It has a thread that reads."""
import queue, socket, sys, threading

def read(connection, shown):
    while reply := connection.recv(1024):
        print(reply.decode() + '\n', end='')
        shown.put(True)

def main():
    if len(sys.argv) == 2:
        sys.exit('argv is error!!!\ninput as\nclient.py 127.0.0.1 8888')
    connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    shown = queue.Queue()
    threading.Thread(target=read, args=(connection, shown), daemon=True).start()
    while message := input('发消息>>'):
        connection.sendall(message.encode())
        shown.get()

main()
