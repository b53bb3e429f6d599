import { ApiError, type Code } from '../../errors'
import type { Capability, RoomRole } from '../../schemas/members'
import { iso } from '../../schemas/primitives'
import type { RoomAccess, RoomKind } from '../../schemas/rooms'
import type { SiteRole } from '../../schemas/users'

/** The part of a room's settings that decides who may do what. */
export interface RoomRules {
  kind: RoomKind
  access: RoomAccess
  listed: boolean
  frozen: boolean
}

/** The part of a person that decides what they may do in a room. Times are milliseconds since the epoch. */
export interface Subject {
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
const member: Capability[] = ['room.read', ...own, 'message.react', 'live.send']
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
const owner: Capability[] = [...admin, 'room.export', 'room.delete']

/** Who may do what: the one table. */
const byRole: Record<RoomRole, readonly Capability[]> = { owner, admin, moderator, member }
/** In a direct room nobody moderates, so both may pin. */
const directPeer: readonly Capability[] = ['message.pin']
/** Anyone signed in, in an open room. Posting or reacting makes them a member; a live event would not, so it is not theirs. */
const visitor: readonly Capability[] = [
  'room.read',
  ...sending,
  'message.delete.own',
  'message.react',
]
/** Site moderators, in rooms that anyone can find or read. */
const siteModerator: readonly Capability[] = [
  'room.read',
  'message.delete.any',
  'member.ban',
  'audit.read',
]
/** Site admins too can end a room that nobody else can. */
const siteAdmin: readonly Capability[] = [...siteModerator, 'room.delete']
const nothing: readonly Capability[] = []

/** Everything that puts words or files in front of others. */
const speaking: Capability[] = [
  'message.attach',
  'message.post',
  'message.edit.own',
  'message.react',
  'message.pin',
  'mention.room',
  'live.send',
]

/** What takes capabilities away again. The caller is told the first one that applies. */
const restrictions: {
  code: Code
  detail: string
  applies: (rules: RoomRules, subject: Subject, now: number) => boolean
  takes: (capability: Capability) => boolean
}[] = [
  {
    code: 'suspended',
    detail: 'Your account is suspended. You can read, and nothing else.',
    applies: (_, { suspendedUntil }, now) => isAhead(suspendedUntil, now),
    takes: (capability) => capability !== 'room.read',
  },
  {
    code: 'not_connected',
    detail: 'This person does not accept messages from you.',
    applies: (_, { isConnected }) => !isConnected,
    takes: (capability) => speaking.includes(capability),
  },
  {
    code: 'frozen',
    detail: 'This room is frozen. You can read it, and nothing else.',
    applies: ({ frozen }, { role }) => frozen && !byRole[role ?? 'member'].includes('room.freeze'),
    takes: (capability) => speaking.includes(capability),
  },
  {
    code: 'muted',
    detail: 'You are muted in this room.',
    applies: (_, { mutedUntil }, now) => isAhead(mutedUntil, now),
    takes: (capability) => speaking.includes(capability),
  },
]

const isAhead = (until: number | null, now: number) => until !== null && until > now

/** The rows of the table that apply to someone. Never copied, because every post asks. */
function granted(rules: RoomRules, { role, siteRole }: Subject): (readonly Capability[])[] {
  return [
    role ? byRole[role] : rules.access === 'open' ? visitor : nothing,
    role && rules.kind === 'direct' ? directPeer : nothing,
    !reachesSiteStaff(rules)
      ? nothing
      : siteRole === 'admin'
        ? siteAdmin
        : siteRole === 'moderator'
          ? siteModerator
          : nothing,
  ]
}

/** Whether the power of site staff reaches a room: anyone can read it, or find it. */
export const reachesSiteStaff = ({ access, listed }: RoomRules): boolean =>
  access === 'open' || listed

export const isSiteStaff = ({ siteRole }: Pick<Subject, 'siteRole'>): boolean =>
  siteRole === 'moderator' || siteRole === 'admin'

/** The table as clients are told, without what restricts people for a time: suspension, a mute, a frozen room. */
export const capabilityTable = {
  roles: byRole,
  directPeer,
  visitor,
  siteModerator,
  siteAdmin,
} as const

/** Whether a role in the room alone grants a capability. */
export const roleGrants = (role: RoomRole, capability: Capability): boolean =>
  byRole[role].includes(capability)

/** Everything that someone may do, as clients are told. */
export function capabilitiesOf(rules: RoomRules, subject: Subject, now: number): Capability[] {
  const applying = restrictions.filter(({ applies }) => applies(rules, subject, now))
  return [...new Set(granted(rules, subject).flat())].filter(
    (capability) => !applying.some(({ takes }) => takes(capability)),
  )
}

/** Throws `forbidden`, or the code of what restricts this person, unless they have the capability. */
export function requireCapability(
  actor: Subject & { rules: RoomRules },
  capability: Capability,
  now: number,
): void {
  if (!granted(actor.rules, actor).some((row) => row.includes(capability))) {
    throw new ApiError(
      'forbidden',
      `You may not do this here. It takes the capability ${capability}.`,
    )
  }
  for (const { code, detail, applies, takes } of restrictions) {
    if (!takes(capability) || !applies(actor.rules, actor, now)) continue
    const until = code === 'muted' ? actor.mutedUntil : null
    throw new ApiError(code, detail, until === null ? {} : { nextPostAt: iso(until) })
  }
}
