/** Echoes a close, which is the application's duty under the hibernation API. Some codes never travel. */
export function echoClose(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.CLOSED) return
  if ([1005, 1006, 1015].includes(code)) socket.close(1000)
  else socket.close(code, reason)
}
