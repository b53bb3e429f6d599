import type { DmAccess } from '../../directory/dm-access'
import type { Profile } from '../../directory/profiles'
import * as members from '../store/members'
import * as storage from '../store/schema'
import * as head from '../store/sequence'
import * as settings from '../store/settings'
import { admitMember, recordJoin } from './join-leave'

/** Creates the room and its owner in one transaction. A repeat finds it made. */
export function createRoom(
  { storage: store }: DurableObjectState,
  { roomId, owner, room }: { roomId: string; owner: Profile; room: settings.Founding },
  now: number,
): void {
  if (storage.exists(store.sql)) return
  store.transactionSync(() => {
    storage.migrate(store)
    const { sql } = store
    settings.create(sql, roomId, 'channel', room, now)
    admitMember({ sql, head: head.load(sql) }, { profile: owner, role: 'owner' }, now)
  })
}

/** Creates the room of two people; false when it exists already. */
export function createDirectRoom(
  { storage: store }: DurableObjectState,
  { roomId, people, contact }: Pair & { roomId: string },
  now: number,
): boolean {
  if (storage.exists(store.sql)) return false
  store.transactionSync(() => {
    storage.migrate(store)
    const { sql } = store
    settings.create(sql, roomId, 'direct', DIRECT, now)
    const state = { sql, head: head.load(sql) }
    // One of them may be suspended: the message waits for when that ends.
    for (const profile of people) recordJoin(state, { profile, role: 'member' }, now)
    settings.hear(sql, contact.version)
    members.connect(sql, contact.writers)
  })
  return true
}

/** Two people, and who of them may write to the other. */
interface Pair {
  people: Profile[]
  contact: DmAccess
}

const DIRECT: settings.Founding = {
  access: 'closed',
  listed: false,
  receipts: 'public',
  // A direct room has no admin who could allow them.
  plainFiles: true,
  passwordHash: null,
}
