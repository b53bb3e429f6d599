import { capabilitiesOf, type RoomRules, type Subject } from './permissions'

type Rules = RoomRules & { slowModeSeconds: number }

/** Whether slow mode makes someone wait between two posts. */
export const isSlowed = (rules: Rules, subject: Subject, now: number): boolean =>
  rules.slowModeSeconds > 0 && !capabilitiesOf(rules, subject, now).includes('slow_mode.exempt')

/** When slow mode ends for someone who last posted then, in milliseconds since the epoch. */
export const slowModeEnd = ({ slowModeSeconds }: Rules, postedAt: number | null): number =>
  (postedAt ?? 0) + slowModeSeconds * 1000

/** When someone may post again: their mute and their wait in slow mode are over. null when both are, or never began. */
export function nextPostAt(
  rules: Rules,
  member: Subject & { postedAt: number | null },
  now: number,
): number | null {
  const slowed = isSlowed(rules, member, now) ? slowModeEnd(rules, member.postedAt) : 0
  const end = Math.max(slowed, member.mutedUntil ?? 0)
  return end > now ? end : null
}
