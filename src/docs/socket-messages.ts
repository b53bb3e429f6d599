import type { z } from 'zod'
import { type Direction, type Named, toJsonSchemas } from './json-schemas'
import { exampleOf, type JsonSchema, resolved } from './schema-example'

export interface Message {
  name: string
  summary: string
  contentType: string
  payload: JsonSchema
  examples: { name?: string; payload: unknown }[]
}

/** Turns the options of a union into messages, and the schemas they refer to into components. */
export function toMessages(
  options: readonly z.ZodType[],
  io: Direction,
  nameOf: (schema: JsonSchema) => unknown,
): { named: Named; messages: Message[] } {
  const { written, named } = toJsonSchemas(options, io, 'draft-7')
  const messages = written.map((payload) => {
    const schema = resolved(payload, named)
    const name = String(nameOf(schema))
    const { description = '' } = schema
    const examples = [{ payload: exampleOf(payload, named) }]
    return { name, summary: description, contentType: 'application/json', payload, examples }
  })
  return { named, messages }
}

export function textMessage(id: 'Ping' | 'Pong', summary: string): Message {
  const word = id.toLowerCase()
  const payload = { $ref: `#/components/schemas/${id}` }
  return { name: word, summary, contentType: 'text/plain', payload, examples: [{ payload: word }] }
}
