"""A UDP client that sends what is typed: python3 udp_client.py HOST PORT"""
import sys
from socket import socket, AF_INET, SOCK_DGRAM

if len(sys.argv) < 3:
    print('argv is error!!!')
    print('input as')
    print('python3 udp_server.py 192.168.191.1 8888')
    sys.exit(1)
server = (sys.argv[1], int(sys.argv[2]))

client = socket(AF_INET, SOCK_DGRAM)  # makes a socket for UDP over IPv4

while True:
    message = input('消息>>')
    if not message:
        break
    # text becomes bytes; sendto names the receiver
    client.sendto(message.encode('utf-8'), server)
    # recvfrom returns the reply, and its sender, too
    reply, server = client.recvfrom(1024)
    # bytes become text
    print('从服务器收到: ' + reply.decode('utf-8'))
client.close()
