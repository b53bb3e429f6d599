import { Member } from '../clients/member'
import type { Room, Target } from '../targets/target'

const AT_ONCE = 64

/** A room with all its members' sockets open. */
export async function populated(target: Target, count: number): Promise<Member[]> {
  return connected(await target.room(count))
}

/** Opens the sockets of all members of a room. */
export async function connected(room: Room): Promise<Member[]> {
  const members = room.tokens.map((_, index) => new Member(room, index))
  for (let start = 0; start < members.length; start += AT_ONCE) {
    await Promise.all(members.slice(start, start + AT_ONCE).map((member) => member.connect()))
  }
  return members
}

/** Waits until all have all that anyone has: whatever is missing, this does not end. */
export async function settled(members: Member[]): Promise<void> {
  const seq = Math.max(...members.map((member) => member.seq))
  const deadline = setTimeout(() => {
    throw new Error(`Not everyone reached ${seq} within 30 s`)
  }, 30_000)
  await Promise.all(members.map((member) => member.reach(seq)))
  clearTimeout(deadline)
}
