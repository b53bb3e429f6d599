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

export type Deed = keyof typeof all

export const rules: Record<Deed, Rule> = all

/** What those above do to others and to the room. */
export const governing = new Set<Deed>([
  ...(Object.keys({ ...settingRules }) as Deed[]),
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
  'quit',
])

/** Deeds that bear on each other, few at a time, so that one stumbles over what another left behind. */
export const themes: Deed[][] = [
  ['post', 'join', 'leave', 'remove'],
  ['post', 'join', 'leave', 'ban', 'unban'],
  ['post', 'join', 'leave', 'slow', 'promote'],
  ['post', 'join', 'leave', 'mute', 'freeze', 'edit', 'react'],
  ['post', 'post', 'join', 'leave', 'mark', 'mention', 'mention all'],
  ['post', 'reply', 'reply', 'reply', 'delete'],
  ['post', 'post', 'post', 'edit', 'edit', 'reply', 'mark', 'erase'],
  ['post', 'post', 'react', 'react', 'pin', 'pin', 'pin', 'edit', 'delete'],
  ['enter', 'enter', 'leave', 'leave', 'invite', 'open'],
  ['enter', 'enter', 'leave', 'invite', 'revoke', 'preview', 'open'],
  ['promote', 'mute', 'topic', 'remove', 'join', 'leave', 'pin'],
  ['post', 'post', 'pin', 'react', 'join', 'join', 'join', 'promote', 'quit'],
]

/** All but the one after which someone can do nothing more. */
export const others = (Object.keys(rules) as Deed[]).filter((deed) => deed !== 'quit')
