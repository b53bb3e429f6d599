import { closeCodes } from '../schemas/close-codes'
import type { EventType } from '../schemas/events'
import { InboxCommand, InboxFrame, InboxUpdate } from '../schemas/inbox'
import { Command, Frame, MAX_FRAME, PROTOCOL } from '../schemas/socket'
import { eventExamples } from './event-examples'
import type { Named } from './json-schemas'
import { exampleOf, type JsonSchema, resolved } from './schema-example'
import { type Message, textMessage, toMessages } from './socket-messages'

const doOf = ({ properties }: JsonSchema) => properties?.do?.const
const keyOf = ({ properties = {} }: JsonSchema) => Object.keys(properties)[0]
const commandSchemas = toMessages(Command.options, 'input', doOf)
const frameSchemas = toMessages(Frame.options, 'output', keyOf)

/** Everything a client may send: one message per command. */
export const commands: Message[] = [
  ...commandSchemas.messages,
  textMessage('Ping', 'Ask for a `pong`, to show that you are still there.'),
]

const inboxCommandSchemas = toMessages(InboxCommand.options, 'input', doOf)
const inboxFrameSchemas = toMessages(InboxFrame.options, 'output', keyOf)
const updateSchemas = toMessages(
  InboxUpdate.options,
  'output',
  ({ properties }) => properties?.type?.const,
)

/** The schemas that commands and frames refer to. */
export const named: Named = {
  ...commandSchemas.named,
  ...frameSchemas.named,
  ...inboxCommandSchemas.named,
  ...inboxFrameSchemas.named,
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

/** What a client may send to its inbox. */
export const inboxCommands: Message[] = inboxCommandSchemas.messages

/** Each thing that an inbox says in an `updates` frame. */
export const updates: Message[] = updateSchemas.messages

/** What an inbox may send. */
export const inboxFrames: Message[] = inboxFrameSchemas.messages.map((frame) =>
  frame.name === 'updates'
    ? {
        ...frame,
        examples: updates.flatMap(({ name, examples }) =>
          examples.map(({ payload }) => ({ name, payload: { updates: [payload] } })),
        ),
      }
    : frame,
)

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
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'chatroom socket',
      version: '1.0.0',
      description: `Each room has a WebSocket that delivers its events and takes commands, and each user one for all their rooms, the inbox. Send a ping as soon as it is open, or you may learn seconds late that the server closed it. Frames are JSON in the subprotocol ${PROTOCOL}; a client's frame has at most ${MAX_FRAME} bytes. Ignore fields, frames, events and signals that you do not know: new ones may come at any time. An unknown event still advances its seq. The HTTP API is described in [/openapi.json](/openapi.json).`,
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
        messages: referredTo(room),
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
      inbox: {
        address: '/v1/me/socket',
        title: 'Your inbox',
        description: closeCodeTable(),
        messages: referredTo(inbox),
        bindings: { ws: { method: 'GET' as const } },
      },
    },
    operations: { ...operationsIn('room', room), ...operationsIn('inbox', inbox) },
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
        [room, inbox].flatMap(({ prefix, commands, frames }) =>
          [...commands, ...frames].map((message) => [
            prefix + message.name,
            { title: message.name, ...message },
          ]),
        ),
      ),
      schemas: named,
    },
  }
}

/** A socket, as the document shows it. */
interface Channel {
  /** Before the names of its messages, which two sockets may share. */
  prefix: string
  commands: Message[]
  frames: Message[]
}

const room: Channel = { prefix: '', commands, frames }
const inbox: Channel = {
  prefix: 'inbox.',
  commands: [...inboxCommands, textMessage('Ping', 'Ask for a `pong`.')],
  frames: [...inboxFrames, textMessage('Pong', 'The answer to `ping`.')],
}

const referredTo = ({ prefix, commands, frames }: Channel) =>
  Object.fromEntries(
    [...commands, ...frames].map(({ name }) => [
      prefix + name,
      { $ref: `#/components/messages/${prefix}${name}` },
    ]),
  )

/** One operation per message, so that a rendered page lists each by name. The action is the server's. */
function operationsIn(channel: string, { prefix, commands, frames }: Channel) {
  const operation = ({ name, summary }: Message, action: 'send' | 'receive') => ({
    action,
    title: `${action === 'receive' ? 'Command' : 'Frame'} ${name}${prefix && ' of the inbox'}`,
    summary,
    description: summary,
    channel: { $ref: `#/channels/${channel}` },
    messages: [{ $ref: `#/channels/${channel}/messages/${prefix}${name}` }],
  })
  return Object.fromEntries([
    ...commands.map((command) => [`send ${prefix}${command.name}`, operation(command, 'receive')]),
    ...frames.map((frame) => [`receive ${prefix}${frame.name}`, operation(frame, 'send')]),
  ])
}

const closeCodeTable = () =>
  [
    'The service closes a socket with one of these codes:',
    '',
    '| Code | Reason | What to do |',
    '| --- | --- | --- |',
    ...Object.entries(closeCodes).map(([code, { why, next }]) => `| ${code} | ${why} | ${next} |`),
  ].join('\n')
