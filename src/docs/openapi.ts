import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../http/context'
import { publishBodies } from './openapi-bodies'
import type { JsonSchema } from './schema-example'

const DESCRIPTION = `A chat service. Users talk in rooms. The HTTP API does everything; each room also has a WebSocket that delivers its events as they happen. The socket is described in [/docs/socket](/docs/socket) and [/asyncapi.json](/asyncapi.json).

- **Signing in.** \`POST /v1/users\` and \`POST /v1/sessions\` return an access token, valid for 10 minutes, and a refresh token. Send \`Authorization: Bearer <access token>\`. When you get \`token_expired\`, call \`POST /v1/sessions/refresh\`.
- **Problems.** Every error is \`application/problem+json\` with a \`code\` from a [closed list](/docs/problems). Branch on the code. Any endpoint can return \`internal\` (500) and \`method_not_allowed\` (405, with \`Allow\`).
- **Lists** are \`{ items, nextCursor }\`. Pass \`nextCursor\` as \`cursor\` until it is null. A \`limit\` over 100 is refused.
- **Retries are safe.** You can repeat any \`PUT\` or \`DELETE\`. If you post a message again with the same \`nonce\`, you get the first one back.
- **Unknown fields.** Ignore fields that you do not know: new ones may come at any time. The same goes for frames and events of the socket; an unknown event still advances \`seq\`.
- **Clocks.** Every time at which something expires has its seconds beside it: \`expiresIn\` beside \`expiresAt\`. Responses have \`Date\`, which scripts can read.
- **Conditional requests.** Send the \`ETag\` of the last response as \`If-None-Match\`. If nothing has changed, you get a 304 without a body.
- **HEAD.** Whatever you can \`GET\` also answers \`HEAD\`: the same status and headers, without the body.
- **Request ids.** Every response has an \`X-Request-Id\`. If you send one, it is kept. Quote it when you report a problem.`

const TAGS = [
  { name: 'users', description: 'Register, and look up other users.' },
  { name: 'me', description: 'Your own account.' },
  { name: 'friends', description: 'Your friends and friend requests.' },
  { name: 'follows', description: 'Follow users. They do not have to accept.' },
  { name: 'blocks', description: 'Block users, so that they cannot contact you.' },
  { name: 'sessions', description: 'Log in and out, and see your signed-in devices.' },
  { name: 'app keys', description: 'Keys with which a back end acts for its own users.' },
  { name: 'rooms', description: 'Create, find and change rooms.' },
  { name: 'members', description: 'Join and leave rooms, and manage members.' },
  { name: 'messages', description: 'Post, read and search messages, and mark them as read.' },
  { name: 'media', description: 'Upload and download pictures, videos and files.' },
  { name: 'reactions', description: 'React to messages with emoji.' },
  { name: 'pins', description: 'Pin messages in a room.' },
  { name: 'socket', description: 'Receive the events of a room as they happen.' },
  {
    name: 'moderation',
    description: 'Bans, invites, allowlist and audit log of a room. Site roles and suspensions.',
  },
  { name: 'service', description: 'Health checks for operators.' },
]

/** The OpenAPI 3.1 document of everything the app serves. */
export function documentOf(app: OpenAPIHono<AppEnv>) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'appKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of a back end. With the header `On-Behalf-Of`, the percent-encoded subject of a user of its own, it acts for that user.',
  })
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'chatroom',
      version: '1.0.0',
      description: DESCRIPTION,
      contact: { name: 'The operator of this server' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    tags: TAGS,
    servers: [{ url: '/', description: 'This server.' }],
    security: [],
  })
  publishBodies(app, document)
  for (const { operationId, parameters = [] } of operationsOf(document.paths ?? {})) {
    for (const parameter of parameters) {
      const isSent = parameter.required || ONE_OF_TWO.has(`${operationId} ${parameter.name}`)
      if (!isSent) describeExample(parameter)
    }
  }
  return document
}

/** Optional parameters of which a request needs one: a page fills in these, or what it has filled in would be refused. */
const ONE_OF_TWO = new Set(['searchUsers search'])

interface Operation {
  operationId?: string
  parameters?: Parameter[]
}

interface Parameter {
  name?: string
  required?: boolean
  description?: string
  schema?: JsonSchema
}

/** Moves the example of an optional parameter into its description: "Try it" pages fill in an `example` and send it. */
function describeExample(parameter: Parameter): void {
  const { example, description: _, ...schema } = parameter.schema ?? {}
  if (example === undefined) return
  parameter.schema = schema
  parameter.description = `${parameter.description} For example \`${example}\`.`
}

const operationsOf = (paths: Record<string, object>): Operation[] =>
  Object.values(paths).flatMap((methods) => Object.values(methods))
