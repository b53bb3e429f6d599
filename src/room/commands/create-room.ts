import type { DmAccess } from '../../directory/dm-access'
import type { Profile } from '../../directory/profiles'
import type { CommandResult } from '../commit/command-result'
import * as members from '../store/members'
import * as roster from '../store/roster'
import * as schema from '../store/schema'
import * as sequences from '../store/sequence'
import * as settings from '../store/settings'
import type { CommandContext } from './command-context'
import { admitMember, recordJoin } from './join-leave'

/** Creates the room, and its owner if it has one, in one transaction; false when it exists already. */
export function createRoom(
  { storage: store }: DurableObjectState,
  {
    roomId,
    owner,
    room,
  }: { roomId: string; owner: Profile | null; room: settings.InitialSettings },
  now: number,
): boolean {
  if (schema.exists(store.sql)) return false
  store.transactionSync(() => {
    schema.migrate(store)
    const { sql } = store
    settings.create(sql, { roomId, kind: 'channel', room }, now)
    if (owner)
      admitMember({ sql, sequence: sequences.load(sql) }, { profile: owner, role: 'owner' }, now)
  })
  return true
}

/** Creates the room of two people, which only the one who opens it sees at first; false when it exists already. */
export function createDirectRoom(
  { storage: store }: DurableObjectState,
  { roomId, userId, people, contact }: Pair & { roomId: string; userId: string },
  now: number,
): boolean {
  if (schema.exists(store.sql)) return false
  store.transactionSync(() => {
    schema.migrate(store)
    const { sql } = store
    settings.create(sql, { roomId, kind: 'direct', room: DIRECT }, now)
    const state = { sql, sequence: sequences.load(sql) }
    // One of them may be suspended: the message waits for when that ends.
    for (const profile of people) recordJoin(state, { profile, role: 'member' }, now)
    for (const { id } of people) {
      if (id !== userId) roster.setHidden(sql, state.sequence, id, true)
    }
    settings.acceptDmAccessVersion(sql, contact.version)
    roster.setDmWriters(sql, contact.writers)
  })
  return true
}

/** Shows a direct room to the member who opens it. Again changes nothing. */
export function showDirectRoom({ state, caller }: CommandContext): CommandResult<null> {
  const { sql, sequence } = state
  if (members.find(sql, caller.userId)?.isHidden) {
    roster.setHidden(sql, sequence, caller.userId, false)
  }
  return { value: null }
}

/** Two people, and who of them may write to the other. */
interface Pair {
  people: Profile[]
  contact: DmAccess
}

const DIRECT: settings.InitialSettings = {
  access: 'closed',
  listed: false,
  receipts: 'public',
  // A direct room has no admin who could allow them.
  plainFiles: true,
  passwordHash: null,
}
