import type { ModelMember, ModelMessage, Name, RoomModel } from './room-model'
import { first, type Rule, when } from './rule'

/** Leaves a tombstone. */
export function tombstone(room: RoomModel, message: ModelMessage): void {
  Object.assign(message, { text: null, versions: [], isDeleted: true, reactions: new Map() })
  room.pins = room.pins.filter(({ seq }) => seq !== message.seq)
}

function erase(room: RoomModel, author: Name, from: number): void {
  room.seq += 1
  for (const message of room.messages) {
    if (message.author === author && message.seq >= from) tombstone(room, message)
  }
}

/** A member goes for good; after the last owner comes who has been here longest. */
function transferOwnership(room: RoomModel, name: Name): void {
  const successor = room.isLastOwner(name) && room.members.find((other) => other !== name)
  room.removeMember(name, false)
  if (!successor) return
  Object.assign(room.knownMembers.get(successor) as ModelMember, { role: 'owner' })
  room.seq += 1
}

export const erasureRules = {
  /** Of someone's messages: those since one of anybody's, or all. */
  erase: (room, { who, whom, seq, since }) =>
    first(
      [
        () => room.may(who, 'moderate'),
        () => when(!room.knownMembers.has(whom), 'not_found'),
        () => when(who !== whom && room.rank(who) <= room.rank(whom), 'forbidden'),
      ],
      () => {
        // Nobody wrote anything in that time.
        if (room.n > 0) erase(room, whom, since === undefined ? 1 : seq)
      },
    ),

  /** Deletes one's account, and ends every session of it. */
  'delete account': (room, { who, on }) => {
    room.deleted.set(who, on ? 'erase' : 'keep')
    // A room that they never entered hears nothing of it.
    if (room.knownMembers.has(who)) {
      if (room.roleOf(who)) transferOwnership(room, who)
      else room.seq += 1
      room.revokeInvitesOf(who)
      if (on) erase(room, who, 1)
    }
    room.disconnected.set(who, 4401)
    return 'ok'
  },
} satisfies Record<string, Rule>
