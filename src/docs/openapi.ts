import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../http/context'
import { exampleOf, type JsonSchema } from './schema-example'

const DESCRIPTION = `People talk in rooms: an HTTP API, and a WebSocket per room whose frames are described in [/docs/socket](/docs/socket) and [/asyncapi.json](/asyncapi.json).

- **Signing in.** \`POST /v1/users\` or \`POST /v1/sessions\` answer an access token, good for 10 minutes, and a refresh token. Send \`Authorization: Bearer <access token>\`; on \`token_expired\` call \`POST /v1/sessions/refresh\`.
- **Problems.** Whatever goes wrong is \`application/problem+json\` with a \`code\` of a [closed list](/docs/problems); branch on that. \`internal\` (500) and \`method_not_allowed\` (405, with \`Allow\`) may come from anywhere.
- **Lists** are \`{ items, nextCursor }\`; pass \`nextCursor\` as \`cursor\` until it is null. A \`limit\` over 100 is refused.
- **Repeating is safe**: a \`PUT\` or \`DELETE\` repeated is harmless, and a message posted again with the same \`nonce\` is answered with the first one.
- **Reading again** is cheap: send the \`ETag\` of the last answer as \`If-None-Match\`, and nothing new is a 304.
- **\`X-Request-Id\`** is on every answer, and yours is kept if you send one. Name it when you report a problem.`

const TAGS = [
  { name: 'users', description: 'Registering, and what anyone may see of others.' },
  { name: 'me', description: "One's own account." },
  { name: 'friends', description: 'Friends, and asking to be one.' },
  { name: 'follows', description: "Following, which needs nobody's consent." },
  { name: 'blocks', description: 'Whom one has nothing to do with.' },
  { name: 'sessions', description: 'Logging in and out, per device.' },
  { name: 'rooms', description: 'Rooms and their settings.' },
  { name: 'members', description: 'Who is in a room.' },
  { name: 'messages', description: 'What is said in a room, and how far one has read.' },
  { name: 'media', description: 'Photos, videos and files: uploading, showing, saving.' },
  { name: 'reactions', description: 'Emoji given to messages.' },
  { name: 'pins', description: 'Messages kept at hand.' },
  { name: 'socket', description: 'What happens in a room, as it happens.' },
  { name: 'moderation', description: 'Site roles and suspensions.' },
  { name: 'service', description: 'For those who run it.' },
]

/** The OpenAPI 3.1 document of everything the app serves. */
export function documentOf(app: OpenAPIHono<AppEnv>) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'chatroom',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Proprietary', url: 'https://spdx.org/licenses/#licenserefs' },
    },
    tags: TAGS,
    servers: [{ url: '/', description: 'This server.' }],
    security: [],
  })
  const named = (document.components?.schemas ?? {}) as Record<string, JsonSchema>
  for (const content of contentsOf(document)) {
    if (content.schema) content.example ??= exampleOf(content.schema, named)
  }
  for (const parameter of parametersOf(document.paths ?? {})) {
    if (!parameter.required) describeExample(parameter)
  }
  return document
}

interface Parameter {
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

const parametersOf = (paths: Record<string, object>): Parameter[] =>
  Object.values(paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ parameters = [] }) => parameters),
  )

interface Content {
  schema?: JsonSchema
  example?: unknown
}

/** Every body of the document, of requests and of answers. */
function contentsOf(document: object): Content[] {
  return Object.entries(document).flatMap(([key, value]): Content[] => {
    if (typeof value !== 'object' || value === null) return []
    return key === 'content' ? Object.values(value) : contentsOf(value)
  })
}
