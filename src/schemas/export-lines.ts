import { iso } from './primitives'

/** The format of exports. It grows when a reader of the one before would misread a line. */
export const EXPORT_FORMAT = 1

type Row = Record<string, unknown>

const TIME = /(^|[a-z])(At|at|Until|until|Since)$/
const JSON_FIELDS = new Set([
  'detail',
  'droppedMentions',
  'entities',
  'mentions',
  'metadata',
  'reactions',
])

/** A line of an export: a row as it is stored, but for names, times and JSON, which are as on the wire. */
export const exportLine = (head: Row, row: Row): string =>
  `${JSON.stringify({ format: EXPORT_FORMAT, ...head, data: wired(row) })}\n`

function wired(row: Row): Row {
  const fields = Object.entries(row).map(([name, value]) => {
    const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (typeof value === 'number' && TIME.test(key)) return [key, iso(value)]
    return [key, typeof value === 'string' && JSON_FIELDS.has(key) ? JSON.parse(value) : value]
  })
  return Object.fromEntries(fields)
}
