import type { z } from 'zod'
import { closeCodes } from '../schemas/close-codes'
import type { EventType } from '../schemas/events'
import { Command, Frame, MAX_FRAME, PROTOCOL } from '../schemas/socket'
import { eventExamples } from './event-examples'
import { type Direction, type Named, toJsonSchemas } from './json-schemas'
import { exampleOf, type JsonSchema, resolved } from './schema-example'

export interface Message {
  name: string
  summary: string
  contentType: string
  payload: JsonSchema
  examples: { name?: string; payload: unknown }[]
}

const commandSchemas = toMessages(
  Command.options,
  'input',
  ({ properties }) => properties?.do?.const,
)
const frameSchemas = toMessages(
  Frame.options,
  'output',
  ({ properties = {} }) => Object.keys(properties)[0],
)

/** Everything a client may send: one message per command. */
export const commands: Message[] = [
  ...commandSchemas.messages,
  textMessage('Ping', 'Ask for a `pong`, to show that you are still there.'),
]

/** The schemas that commands and frames refer to. */
export const named: Named = {
  ...commandSchemas.named,
  ...frameSchemas.named,
  Ping: { type: 'string', const: 'ping' },
  Pong: { type: 'string', const: 'pong' },
}

/** What the `events` frame carries: one message per type of event. */
export const events: Message[] = (named.Event?.oneOf ?? []).map((payload) => {
  const { description = '', properties } = resolved(payload, named)
  const name = String(properties?.type?.const) as EventType
  const example = merged(exampleOf(payload, named) as object, eventExamples[name] ?? {})
  const examples = [{ name, payload: example }]
  return { name, summary: description, contentType: 'application/json', payload, examples }
})

/** Everything the room may send: one message per kind of frame. */
export const frames: Message[] = [
  ...frameSchemas.messages.map((frame) => (frame.name === 'events' ? withEvents(frame) : frame)),
  textMessage('Pong', 'The answer to `ping`.'),
]

function withEvents(frame: Message): Message {
  const examples = events.flatMap((event) =>
    event.examples.map(({ payload }) => ({ name: event.name, payload: { events: [payload] } })),
  )
  return { ...frame, examples }
}

/** An example with some of its values replaced, and some values of its parts. */
function merged(example: object, changes: Record<string, unknown>): object {
  const parts = Object.entries(example).map(([key, value]) => {
    const change = changes[key]
    const isPart = typeof change === 'object' && !Array.isArray(change)
    return [key, isPart ? { ...value, ...change } : (change ?? value)]
  })
  return Object.fromEntries(parts)
}

/** The AsyncAPI 3.0 document of the socket. `origin` is the URL that it was requested from. */
export function documentOf(origin: string) {
  const { host, protocol } = new URL(origin)
  const all = [...commands, ...frames]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'chatroom socket',
      version: '1.0.0',
      description: `Each room has a WebSocket that delivers its events and takes commands. Send a ping as soon as it is open, or you may learn seconds late that the server closed it. Frames are JSON in the subprotocol ${PROTOCOL}; a client's frame has at most ${MAX_FRAME} bytes. Ignore fields, frames, events and signals that you do not know: new ones may come at any time. An unknown event still advances its seq. The HTTP API is described in [/openapi.json](/openapi.json).`,
      contact: { name: 'The operator of this server' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'socket', description: 'Receive the events of a room as they happen.' }],
    },
    servers: {
      here: {
        host,
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        security: [{ $ref: '#/components/securitySchemes/bearer' }],
      },
    },
    defaultContentType: 'application/json',
    channels: {
      room: {
        address: '/v1/rooms/{roomId}/socket',
        title: 'A room',
        description: closeCodeTable(),
        parameters: { roomId: { description: 'The id of the room.' } },
        messages: Object.fromEntries(
          all.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET' as const,
            query: {
              type: 'object',
              properties: {
                after: {
                  type: 'integer',
                  minimum: 0,
                  description:
                    'The last seq you have. The room sends the events after it. Omit it the first time.',
                },
              },
            },
          },
        },
      },
    },
    operations: {
      ...Object.fromEntries(
        commands.map((command) => [`send ${command.name}`, inRoom(command, 'receive')]),
      ),
      ...Object.fromEntries(
        frames.map((frame) => [`receive ${frame.name}`, inRoom(frame, 'send')]),
      ),
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `Browsers cannot set this header. They send the token as a second subprotocol: \`Sec-WebSocket-Protocol: ${PROTOCOL}, bearer.<access token>\`.`,
        },
      },
      messages: Object.fromEntries(
        all.map((message) => [message.name, { title: message.name, ...message }]),
      ),
      schemas: named,
    },
  }
}

/** One operation per message, so that a rendered page lists each by name. `action` is the server's. */
const inRoom = ({ name, summary }: Message, action: 'send' | 'receive') => ({
  action,
  title: `${action === 'receive' ? 'Command' : 'Frame'} ${name}`,
  summary,
  description: summary,
  channel: { $ref: '#/channels/room' },
  messages: [{ $ref: `#/channels/room/messages/${name}` }],
})

const closeCodeTable = () =>
  [
    'The room closes a socket with one of these codes:',
    '',
    '| Code | Reason | What to do |',
    '| --- | --- | --- |',
    ...Object.entries(closeCodes).map(([code, { why, next }]) => `| ${code} | ${why} | ${next} |`),
  ].join('\n')

/** Turns the options of a union into messages, and the schemas they refer to into components. */
function toMessages(
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

function textMessage(id: 'Ping' | 'Pong', summary: string): Message {
  const word = id.toLowerCase()
  const payload = { $ref: `#/components/schemas/${id}` }
  return { name: word, summary, contentType: 'text/plain', payload, examples: [{ payload: word }] }
}
