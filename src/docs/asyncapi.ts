import { z } from 'zod'
import { Command, closeCodes, Frame, MAX_FRAME, PROTOCOL } from '../schemas/socket'
import { exampleOf, type JsonSchema } from './schema-example'

interface Message {
  name: string
  summary: string
  contentType: string
  payload: JsonSchema
  examples: { payload: unknown }[]
}

const DEFINITIONS = '#/definitions/'
const COMPONENTS = '#/components/schemas/'

const fromClient = sortOut(Command.options, 'input', ({ properties }) => properties?.do?.const)
const fromRoom = sortOut(
  Frame.options,
  'output',
  ({ properties = {} }) => Object.keys(properties)[0],
)

/** What a client may send: one message per command. */
export const commands: Message[] = [...fromClient.messages, plain('ping', 'Asks for a `pong`.')]

/** What the room may send: one message per kind of frame. */
export const frames: Message[] = [...fromRoom.messages, plain('pong', 'Answers a `ping`.')]

/** The AsyncAPI 3.0 document of the socket, as served at `origin`. */
export function documentOf(origin: string) {
  const { host, protocol } = new URL(origin)
  const all = [...commands, ...frames]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'chatroom socket',
      version: '1.0.0',
      description: `The subprotocol ${PROTOCOL}: text frames of JSON, ${MAX_FRAME} bytes at most from a client. The HTTP API is described in [/openapi.json](/openapi.json).`,
      license: { name: 'Proprietary', url: 'https://spdx.org/licenses/#licenserefs' },
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
        title: 'One room',
        description: closing(),
        parameters: { roomId: { description: 'The room.' } },
        messages: Object.fromEntries(
          all.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET' as const,
            query: {
              type: 'object',
              properties: {
                after: { type: 'integer', minimum: 0, description: 'The last seq you have.' },
              },
            },
          },
        },
      },
    },
    operations: {
      obey: { action: 'receive', summary: 'What a client may send.', ...inRoom(commands) },
      tell: { action: 'send', summary: 'What the room may send.', ...inRoom(frames) },
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `Browsers send it as a subprotocol: \`Sec-WebSocket-Protocol: ${PROTOCOL}, bearer.<access token>\`.`,
        },
      },
      messages: Object.fromEntries(all.map((message) => [message.name, message])),
      schemas: { ...fromClient.named, ...fromRoom.named },
    },
  }
}

const inRoom = (messages: Message[]) => ({
  channel: { $ref: '#/channels/room' },
  messages: messages.map(({ name }) => ({ $ref: `#/channels/room/messages/${name}` })),
})

const closing = () =>
  [
    'The room ends a socket with one of these codes:',
    '',
    '| code | why | what the client does |',
    '| --- | --- | --- |',
    ...Object.entries(closeCodes).map(([code, { why, next }]) => `| ${code} | ${why} | ${next} |`),
  ].join('\n')

/** Turns the members of a union into messages, and the schemas that they name into components. */
function sortOut(
  options: readonly z.ZodType[],
  io: 'input' | 'output',
  nameOf: (schema: JsonSchema) => unknown,
) {
  const text = JSON.stringify(
    z.toJSONSchema(z.tuple([...options] as [z.ZodType]), { target: 'draft-7', io }),
  )
  const { definitions: named = {}, items } = JSON.parse(text.replaceAll(DEFINITIONS, COMPONENTS))
  const messages = items.map(
    ({ description, ...payload }: JsonSchema & { description: string }) => {
      const name = String(nameOf(payload))
      const examples = [{ payload: exampleOf(payload, named) }]
      return { name, summary: description, contentType: 'application/json', payload, examples }
    },
  )
  return { named, messages } as { named: Record<string, JsonSchema>; messages: Message[] }
}

function plain(word: string, summary: string): Message {
  const payload = { type: 'string', const: word }
  return { name: word, summary, contentType: 'text/plain', payload, examples: [{ payload: word }] }
}
