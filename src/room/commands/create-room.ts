import type { DmAccess } from '../../directory/dm-access'
import type { Profile } from '../../directory/profiles'
import * as members from '../store/members'
import * as storage from '../store/schema'
import * as head from '../store/sequence'
import * as settings from '../store/settings'
import * as membership from './join-leave'

/** Makes the room and its owner in one transaction; a repeat finds it made. */
export function create(
  ctx: DurableObjectState,
  roomId: string,
  owner: Profile,
  room: settings.Founding,
  now: number,
): void {
  if (storage.exists(ctx.storage.sql)) return
  ctx.storage.transactionSync(() => {
    storage.migrate(ctx.storage)
    const { sql } = ctx.storage
    settings.create(sql, roomId, 'channel', room, now)
    membership.join({ sql, head: head.load(sql) }, owner, 'owner', now)
  })
}

/** Makes the room of two; false when it is there already. */
export function createDirect(
  ctx: DurableObjectState,
  roomId: string,
  { people, contact }: Two,
  now: number,
): boolean {
  if (storage.exists(ctx.storage.sql)) return false
  ctx.storage.transactionSync(() => {
    storage.migrate(ctx.storage)
    const { sql } = ctx.storage
    settings.create(sql, roomId, 'direct', DIRECT, now)
    const state = { sql, head: head.load(sql) }
    // One of them may be suspended: the message waits for when that ends.
    for (const person of people) membership.admit(state, person, 'member', now)
    settings.hear(sql, contact.version)
    members.connect(sql, contact.writers)
  })
  return true
}

/** Two people, and who of them may write to the other. */
export interface Two {
  people: Profile[]
  contact: DmAccess
}

const DIRECT: settings.Founding = {
  access: 'closed',
  listed: false,
  receipts: 'public',
  // Nobody is its admin who could allow them.
  plainFiles: true,
  passwordHash: null,
}
