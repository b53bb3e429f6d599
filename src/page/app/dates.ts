const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const year = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

const DAY_MS = 86_400_000

/** How many days ago, by the calendar of this device. */
function daysAgo(date: Date, now: Date): number {
  const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime()
  return Math.round((midnight(now) - midnight(date)) / DAY_MS)
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1)

export const timeOf = (iso: string): string => clock.format(new Date(iso))

/** Without AM or PM, for the margin beside a message, which is narrow. */
export const shortTimeOf = (iso: string): string =>
  clock
    .formatToParts(new Date(iso))
    .filter(({ type }) => type !== 'dayPeriod')
    .map(({ value }) => value)
    .join('')
    .trim()

export const fullDateOf = (iso: string): string => full.format(new Date(iso))

export const isSameDay = (a: string, b: string): boolean => daysAgo(new Date(a), new Date(b)) === 0

/** What stands over the messages of a day. */
export function dayOf(iso: string, now = new Date()): string {
  const date = new Date(iso)
  const days = daysAgo(date, now)
  if (days <= 1) return capitalised(relative.format(-days, 'day'))
  if (days < 7) return weekday.format(date)
  return date.getFullYear() === now.getFullYear() ? day.format(date) : year.format(date)
}

/** As short as the list of rooms has space for. */
export function shortDateOf(iso: string, now = new Date()): string {
  const date = new Date(iso)
  const days = daysAgo(date, now)
  if (days === 0) return clock.format(date)
  if (days === 1) return capitalised(relative.format(-1, 'day'))
  if (days < 7) return weekday.format(date).slice(0, 3)
  return shortDay.format(date)
}

/** As somebody would say it within a sentence: "today at 14:05". */
export function dateOf(iso: string, now = new Date()): string {
  const days = daysAgo(new Date(iso), now)
  const said = days <= 1 ? relative.format(-days, 'day') : dayOf(iso, now)
  return `${said} at ${timeOf(iso)}`
}

/** "3 minutes ago", "in 2 hours". */
export function agoOf(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000
  const size = Math.abs(seconds)
  if (size < 60) return seconds > 0 ? 'in a moment' : 'just now'
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  if (size < 30 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day')
  return year.format(new Date(iso))
}

export const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000)

export function tomorrowMorning(): Date {
  const now = new Date()
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8)
}
