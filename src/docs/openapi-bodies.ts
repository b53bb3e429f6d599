import type { OpenAPIHono } from '@hono/zod-openapi'
import type { z } from 'zod'
import type { AppEnv } from '../http/context'
import { InboxCommand, InboxFrame } from '../schemas/inbox'
import { Command, Frame } from '../schemas/socket'
import { type Direction, type Named, toJsonSchemas } from './json-schemas'
import { exampleOf, type JsonSchema } from './schema-example'

interface Content<Schema> {
  schema: Schema
  example?: unknown
}
type Contents<Schema> = Record<string, Content<Schema>>

interface Declared {
  method: string
  path: string
  request?: { body?: { content: Contents<z.ZodType> } }
  responses: Record<string, { content?: Contents<z.ZodType> }>
}
interface Written {
  requestBody?: { content: Contents<JsonSchema> }
  responses: Record<string, { content?: Contents<JsonSchema> }>
}
// No endpoint has them as a body, but who generates types from this document wants theirs too.
const FRAMES = { input: [Command, InboxCommand], output: [Frame, InboxFrame] }

interface Document {
  paths?: Record<string, object>
  components?: { schemas?: object }
}

interface Body {
  io: Direction
  schema: z.ZodType
  place: Content<JsonSchema>
}

/**
 * Writes the schema and an example of every body into the document. The generator of `@hono/zod-openapi` cannot be
 * used for these: it writes a nullable reference as an intersection, which no null satisfies, and it copies a named
 * schema that has a description of its own where it is used.
 */
export function publishBodies(app: OpenAPIHono<AppEnv>, document: Document): void {
  const bodies = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route'
      ? bodiesOf(definition.route as unknown as Declared, document.paths ?? {})
      : [],
  )
  const named: Named = {}
  for (const io of ['input', 'output'] as const) {
    const those = bodies.filter((body) => body.io === io)
    const all = [...those.map(({ schema }) => schema), ...FRAMES[io]]
    const schemas = toJsonSchemas(all, io, 'draft-2020-12')
    Object.assign(named, schemas.named)
    for (const [index, { place }] of those.entries()) {
      place.schema = schemas.written[index] ?? {}
    }
  }
  for (const { place } of bodies) place.example ??= exampleOf(place.schema, named)
  document.components = { ...document.components, schemas: named }
}

function bodiesOf(route: Declared, paths: Record<string, object>): Body[] {
  const methods = paths[route.path] as Record<string, Written>
  const written = methods[route.method]
  const request = paired('input', route.request?.body?.content, written?.requestBody?.content)
  const responses = Object.entries(route.responses).flatMap(([status, { content }]) =>
    paired('output', content, written?.responses[status]?.content),
  )
  return [...request, ...responses]
}

const paired = (
  io: Direction,
  declared: Contents<z.ZodType> = {},
  written: Contents<JsonSchema> = {},
): Body[] =>
  Object.entries(declared).flatMap(([type, { schema }]) => {
    const place = written[type]
    return place ? [{ io, schema, place }] : []
  })
