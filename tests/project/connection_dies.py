"""Connects to the port given, and resets the connection at once: std cannot set SO_LINGER."""
import socket, struct, sys

connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
connection.close()
