import { erasureRules } from './bulk-delete-rules'
import { inviteRules } from './invite-rules'
import { memberRules } from './member-rules'
import { messageRules } from './message-rules'
import { postingRules } from './post-rules'
import type { Rule } from './rule'
import { settingRules } from './settings-rules'

const all = {
  ...postingRules,
  ...messageRules,
  ...memberRules,
  ...settingRules,
  ...inviteRules,
  ...erasureRules,
}

export type Action = keyof typeof all

export const rules: Record<Action, Rule> = all

/** What those above do to others and to the room. */
export const governing = new Set<Action>([
  ...(Object.keys({ ...settingRules }) as Action[]),
  'mention all',
  'pin',
  'erase',
  'remove',
  'ban',
  'unban',
  'mute',
  'promote',
  'invite',
  'revoke',
  // Somebody has to inherit the room.
  'delete account',
])

/** Deeds that bear on each other, few at a time, so that one stumbles over what another left behind. */
export const themes: Action[][] = [
  ['post', 'join', 'leave', 'remove'],
  ['post', 'join', 'leave', 'ban', 'unban'],
  ['post', 'join', 'leave', 'slow', 'promote'],
  ['post', 'join', 'leave', 'mute', 'freeze', 'edit', 'react'],
  ['post', 'post', 'join', 'leave', 'mark read', 'mention', 'mention all'],
  ['post', 'reply', 'reply', 'reply', 'delete'],
  ['post', 'post', 'post', 'edit', 'edit', 'reply', 'mark read', 'erase'],
  ['post', 'post', 'react', 'react', 'pin', 'pin', 'pin', 'edit', 'delete'],
  ['join by invite', 'join by invite', 'leave', 'leave', 'invite', 'open'],
  ['join by invite', 'join by invite', 'leave', 'invite', 'revoke', 'preview', 'open'],
  ['promote', 'mute', 'topic', 'remove', 'join', 'leave', 'pin'],
  ['post', 'post', 'pin', 'react', 'join', 'join', 'join', 'promote', 'delete account'],
]

/** All but the one after which someone can do nothing more. */
export const others = (Object.keys(rules) as Action[]).filter(
  (action) => action !== 'delete account',
)
