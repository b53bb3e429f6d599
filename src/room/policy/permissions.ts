import { ApiError, type Code } from '../../errors'
import type { Capability, RoomRole } from '../../schemas/members'
import type { RoomAccess, RoomKind } from '../../schemas/rooms'
import type { SiteRole } from '../../schemas/users'

/** What of a room decides who may do what. */
export interface Rules {
  kind: RoomKind
  access: RoomAccess
  listed: boolean
  frozen: boolean
}

/** What of a person decides what they may do in it. Times are milliseconds since the epoch. */
export interface Standing {
  /** null: not a member. */
  role: RoomRole | null
  mutedUntil: number | null
  suspendedUntil: number | null
  /** false in a direct room while the other does not accept messages. */
  isConnected: boolean
  /** Only where a route read it from the directory. */
  siteRole?: SiteRole
}

const sending: Capability[] = ['message.post', 'message.attach']
const own: Capability[] = [...sending, 'message.edit.own', 'message.delete.own']
const member: Capability[] = ['room.read', ...own, 'message.react']
const moderator: Capability[] = [
  ...member,
  'message.delete.any',
  'message.pin',
  'mention.room',
  'member.remove',
  'member.mute',
  'member.ban',
  'slow_mode.exempt',
  'audit.read',
]
const admin: Capability[] = [
  ...moderator,
  'member.add',
  'member.role',
  'invite.create',
  'allowlist.edit',
  'room.edit',
  'room.freeze',
]
const owner: Capability[] = [...admin, 'room.delete']

/** Who may do what: the one table. */
const byRole: Record<RoomRole, readonly Capability[]> = { owner, admin, moderator, member }
/** Between two people nobody moderates: both may pin. */
const between: readonly Capability[] = ['message.pin']
/** Anyone signed in, in an open room: posting makes them a member. */
const guest: readonly Capability[] = ['room.read', ...sending, 'message.delete.own']
/** Who keeps the whole site in order, in rooms that anyone can find. */
const staff: readonly Capability[] = ['room.read', 'message.delete.any', 'member.ban', 'audit.read']

/** What takes capabilities away again, the first that holds is the one that is told. */
const restrictions: {
  code: Code
  detail: string
  holds: (rules: Rules, standing: Standing, now: number) => boolean
  takes: (capability: Capability) => boolean
}[] = [
  {
    code: 'suspended',
    detail: 'This account is suspended; it can read and nothing else.',
    holds: (_, { suspendedUntil }, now) => isAhead(suspendedUntil, now),
    takes: (capability) => capability !== 'room.read',
  },
  {
    code: 'not_connected',
    detail: 'This person does not accept messages from you.',
    holds: (_, { isConnected }) => !isConnected,
    takes: (capability) => words.includes(capability),
  },
  {
    code: 'frozen',
    detail: 'This room is frozen: it can be read.',
    holds: ({ frozen }, { role }) => frozen && !byRole[role ?? 'member'].includes('room.freeze'),
    takes: (capability) => words.includes(capability),
  },
  {
    code: 'muted',
    detail: 'You are muted in this room.',
    holds: (_, { mutedUntil }, now) => isAhead(mutedUntil, now),
    takes: (capability) => words.includes(capability),
  },
]

/** What a silenced person can no longer do. */
const words: Capability[] = [
  'message.attach',
  'message.post',
  'message.edit.own',
  'message.react',
  'message.pin',
  'mention.room',
]

const isAhead = (until: number | null, now: number) => until !== null && until > now

const nothing: readonly Capability[] = []

/** The rows of the table that hold for someone; never copied, because every post asks. */
function granted(rules: Rules, { role, siteRole }: Standing): (readonly Capability[])[] {
  const isStaff = (siteRole === 'moderator' || siteRole === 'admin') && rules.listed
  return [
    role ? byRole[role] : rules.access === 'open' ? guest : nothing,
    role && rules.kind === 'direct' ? between : nothing,
    isStaff ? staff : nothing,
  ]
}

/** All that someone may do, as it is told to clients. */
export function capabilitiesOf(rules: Rules, standing: Standing, now: number): Capability[] {
  const taken = restrictions.filter(({ holds }) => holds(rules, standing, now))
  return [...new Set(granted(rules, standing).flat())].filter(
    (capability) => !taken.some(({ takes }) => takes(capability)),
  )
}

/** Throws `forbidden`, or what restricts this person, unless they have the capability. */
export function require(
  rules: Rules,
  standing: Standing,
  capability: Capability,
  now: number,
): void {
  if (!granted(rules, standing).some((row) => row.includes(capability))) {
    throw new ApiError('forbidden', `This needs the capability ${capability}.`)
  }
  for (const { code, detail, holds, takes } of restrictions) {
    if (takes(capability) && holds(rules, standing, now)) throw new ApiError(code, detail)
  }
}
