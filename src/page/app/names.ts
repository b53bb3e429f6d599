/** A room's name as its list shows it: that of the other one where two talk. */
export function nameOfRoom(room: {
  name: string | null
  kind: string
  peer?: { displayName: string } | null
}): string {
  if (room.name) return room.name
  if (room.peer) return room.peer.displayName || 'Deleted account'
  return room.kind === 'direct' ? 'Direct messages' : 'Unnamed room'
}

export const nameOf = (user: { displayName: string; username: string | null }): string =>
  user.displayName || user.username || 'Deleted account'
