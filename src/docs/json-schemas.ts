import { z } from 'zod'
import { type JsonSchema, resolved } from './schema-example'

/** `input` is what a client sends: what has a default is optional. `output` is what it gets. */
export type Direction = 'input' | 'output'

/** OpenAPI 3.1 reads 2020-12; AsyncAPI 3.0 reads draft 7, where a `$ref` has no siblings. */
export type Dialect = 'draft-2020-12' | 'draft-7'

/** The named schemas of a document. */
export type Named = Record<string, JsonSchema>

const DEFINITIONS = /#\/(\$defs|definitions)\//g
const COMPONENTS = '#/components/schemas/'

/**
 * Writes schemas as JSON Schema, in the order given. Those with an `id` become references to `named`. Both published
 * documents get their schemas here.
 */
export function toJsonSchemas(
  schemas: readonly z.ZodType[],
  io: Direction,
  target: Dialect,
): { written: JsonSchema[]; named: Named } {
  const all = z.object(Object.fromEntries(schemas.entries()))
  const text = JSON.stringify(z.toJSONSchema(all, { io, target }))
  const { properties, $defs, definitions } = JSON.parse(
    text.replaceAll(DEFINITIONS, COMPONENTS),
    readable,
  )
  const named = withoutIds($defs ?? definitions ?? {})
  if (io === 'input')
    for (const { properties = {} } of Object.values(named)) tellDefaults(properties, named)
  return { written: Object.values(properties), named }
}

/**
 * Says what is used where a field is left out. Not by `default`: generators of code take it for a promise that the
 * field is there, and then ask for it.
 */
function tellDefaults(fields: Record<string, JsonSchema>, named: Named): void {
  for (const [name, { default: used, ...field }] of Object.entries(fields)) {
    if (used === undefined) continue
    const { description } = { ...resolved(field, named), ...field }
    const told = used === '' ? '' : `Defaults to \`${used}\`.`
    fields[name] = { ...field, description: [description, told].filter(Boolean).join(' ') }
  }
}

const withoutIds = (named: Record<string, JsonSchema & { id?: string }>): Named =>
  Object.fromEntries(Object.entries(named).map(([name, { id: _, ...schema }]) => [name, schema]))

const isObject = (value: unknown): value is { allOf: unknown[] } =>
  typeof value === 'object' && value !== null

/** Drops what zod checks but nobody reads: the pattern of a time, which `format` names, and the bounds of a double. */
function readable(this: { format?: string }, key: string, value: unknown): unknown {
  const isUnread =
    (key === 'pattern' && this.format === 'date-time') ||
    (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) ||
    (key === 'maximum' && value === Number.MAX_SAFE_INTEGER)
  if (isUnread) return undefined
  // What zod checks beyond JSON Schema leaves an intersection of one.
  return isObject(value) && Object.keys(value).join() === 'allOf' && value.allOf.length === 1
    ? value.allOf[0]
    : value
}
