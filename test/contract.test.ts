import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ZodType } from 'zod'
import { app } from '../src/app'
import * as asyncapi from '../src/docs/asyncapi'
import { documentOf } from '../src/docs/openapi'
import { Event } from '../src/schemas/events'
import { Command, Frame } from '../src/schemas/socket'

interface Body {
  example?: unknown
  schema?: object
}
interface Operation {
  summary?: string
  description?: string
  operationId?: string
  tags?: string[]
  parameters?: { name: string; description?: string }[]
  requestBody?: { content: Record<string, Body> }
  responses: Record<string, { description: string; content?: Record<string, Body> }>
}

const document = documentOf(app)
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
  ),
)

interface Declared {
  method: string
  path: string
  request?: { body?: { content: Record<string, { schema: ZodType }> } }
  responses: Record<string, { content?: Record<string, { schema: ZodType }> }>
}

/** Each body of the document, with the zod schema that checks the real ones. */
const bodies = app.openAPIRegistry.definitions
  .flatMap((definition) =>
    definition.type === 'route' ? [definition.route as unknown as Declared] : [],
  )
  .flatMap(({ method, path, request, responses }) => {
    const name = `${method.toUpperCase()} ${path}`
    const operation = new Map<string, Operation>(operations).get(name)
    const sent = request?.body?.content['application/json']?.schema
    const received = Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(
        ([type, { schema }]) =>
          [`${name} ${status}`, operation?.responses[status]?.content?.[type], schema] as const,
      ),
    )
    const body = operation?.requestBody?.content['application/json']
    return sent ? [[`${name} request`, body, sent] as const, ...received] : received
  })

interface Flaw {
  ruleId: string
  message: string
  location: { pointer: string }[]
}

/** Zero errors and zero warnings of a public linter. */
function lint(name: string, content: object): void {
  mkdirSync('dist', { recursive: true })
  const file = `dist/${name}`
  writeFileSync(file, JSON.stringify(content, null, 2))
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  }
  const options = { env, encoding: 'utf8' } as const
  const { stdout, stderr } = spawnSync('redocly', ['lint', '--format=json', file], options)
  const { problems } = JSON.parse(stdout || stderr)
  const told = problems.map(
    ({ ruleId, message, location }: Flaw) => `${ruleId}: ${message} ${location[0]?.pointer}`,
  )
  expect(told).toEqual([])
}

it('is an OpenAPI 3.1 document without a flaw', () => {
  lint('openapi.json', document)
})

it('is an AsyncAPI 3.0 document without a flaw', () => {
  lint('asyncapi.json', asyncapi.documentOf('https://chat.test'))
})

interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  default?: unknown
  properties?: object
  required?: string[]
  allOf?: Schema[]
  oneOf?: Schema[]
}

/** Every object of a document, with where it is. Examples are data, not schemas. */
function* partsOf(value: unknown, at = '#'): Generator<[string, Schema]> {
  if (typeof value !== 'object' || value === null) return
  yield [at, value]
  for (const [key, part] of Object.entries(value)) {
    if (!['example', 'examples', 'default'].includes(key)) yield* partsOf(part, `${at}/${key}`)
  }
}

const saysNull = ({ type = [] }: Schema) => [type].flat().includes('null')

describe.each([
  ['OpenAPI', document],
  ['AsyncAPI', asyncapi.documentOf('https://chat.test')],
])('the schemas of the %s document', (_, published) => {
  const parts = [...partsOf(JSON.parse(JSON.stringify(published)))]
  const where = (holds: (schema: Schema) => unknown) =>
    parts.filter(([, schema]) => holds(schema)).map(([at]) => at)

  it('let null through where they say so', () => {
    // Every part of an intersection must hold, so null beside a reference never passes.
    expect(where(({ allOf = [] }) => Array.isArray(allOf) && allOf.some(saysNull))).toEqual([])
  })

  it('name the members of an enum once, none of them null', () => {
    expect(where((schema) => Array.isArray(schema.enum) && schema.enum.includes(null))).toEqual([])
  })

  it('have names where generators of code need one', () => {
    const isNamed = /^#\/components\/schemas\/[^/]+$/
    const isBody = (at: string) => /\/schemas\/|\/payload|\/content\//.test(at)
    const shapes = where(({ properties, enum: some }) => properties || some)
    const options = where(({ oneOf }) => oneOf?.some(({ $ref }) => !$ref))
    // In draft 7 a description beside a reference makes an intersection, and that of an object is a type of its own.
    const schemas = new Map(parts)
    const copies = where(({ allOf }) =>
      allOf?.some(({ $ref = '' }) => schemas.get($ref)?.properties),
    )
    expect(
      [...shapes, ...options, ...copies].filter((at) => isBody(at) && !isNamed.test(at)),
    ).toEqual([])
  })

  it('leave out what has a default, which no generator then asks for', () => {
    const fields = parts.filter(([at]) => /\/schemas\/[^/]+\/properties\/[^/]+$/.test(at))
    expect(fields.length).toBeGreaterThan(200)
    expect(fields.filter(([, field]) => field.default !== undefined)).toEqual([])
    const { NewRoom, NewMessage } = (document.components?.schemas ?? {}) as Record<string, Schema>
    expect([NewRoom?.required, NewMessage?.required]).toEqual([undefined, ['nonce']])
  })

  it('say beside each time of expiry how long that is', () => {
    const lacking = parts.flatMap(([at, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([key, of]) => /expiresAt$/i.test(key) && !/FutureTime/.test(JSON.stringify(of)))
        .filter(([key]) => !(key.replace(/At$/, 'In') in properties))
        .map(([key]) => `${at}/${key}`),
    )
    expect(lacking).toEqual([])
  })

  it('refer to what is there', () => {
    const there = new Set(parts.map(([at]) => at))
    const refs = parts.flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []))
    expect(refs.length).toBeGreaterThan(50)
    expect(refs.filter((ref) => !there.has(ref))).toEqual([])
  })
})

/** Names the operations for which something does not hold. */
const offenders = (holds: (operation: Operation) => boolean) =>
  operations.filter(([, operation]) => !holds(operation)).map(([name]) => name)

describe('every endpoint', () => {
  it('says in one sentence what it does and in one who may do it', () => {
    expect(offenders(({ summary }) => /^[A-Z][^.]*\.$/.test(summary ?? ''))).toEqual([])
    const who = /\*\*Who:\*\* [A-Z][^.]*(\.\w[^.]*)*\.$/
    expect(offenders(({ description }) => who.test(description ?? ''))).toEqual([])
  })

  it('has a name of its own and a tag that is described', () => {
    const names = operations.map(([, { operationId }]) => operationId)
    expect(new Set(names).size).toBe(operations.length)
    const described = document.tags?.map(({ name }) => name) ?? []
    expect(offenders(({ tags = [] }) => described.includes(tags[0] ?? ''))).toEqual([])
  })

  it('says what its parameters are', () => {
    const isTold = ({ description }: { description?: string }) => description !== undefined
    expect(offenders(({ parameters = [] }) => parameters.every(isTold))).toEqual([])
  })

  it('that answers 304 says with which header to ask', () => {
    const asks = ({ parameters = [], responses }: Operation) =>
      responses[304] === undefined || parameters.some(({ name }) => name === 'if-none-match')
    expect(offenders(asks)).toEqual([])
    expect(operations.filter(([, { responses }]) => responses[304]).length).toBeGreaterThan(15)
  })

  it('succeeds somehow, and names its problems', () => {
    const has = (from: number, to: number) => (operation: Operation) =>
      Object.keys(operation.responses).some(
        (status) => Number(status) >= from && Number(status) < to,
      )
    // 302 leads a browser elsewhere.
    expect(offenders(has(100, 303))).toEqual([])
    expect(offenders(has(400, 600))).toEqual([])
  })
})

it('every body has an example that the schema of the real ones accepts', () => {
  const refused = bodies.flatMap(([name, content, schema]) => {
    const { error } = schema.safeParse(content?.example)
    return (error?.issues ?? []).map(
      ({ path, message }) => `${name}: ${path.join('.')}: ${message}`,
    )
  })
  expect(bodies.length).toBeGreaterThan(operations.length)
  expect(refused).toEqual([])
})

it('the OpenAPI document has the frames of the socket, too', () => {
  const words = ['Ping', 'Pong']
  const names = Object.keys(asyncapi.named).filter((name) => !words.includes(name))
  expect(names).toContain('ReadyFrame')
  expect(Object.keys(document.components?.schemas ?? {})).toEqual(expect.arrayContaining(names))
})

it('every frame of the socket is described, with an example that its schema accepts', () => {
  const examplesOf = (messages: typeof asyncapi.commands) =>
    messages.flatMap(({ examples }) => examples.map(({ payload }) => payload))
  expect(
    examplesOf(asyncapi.commands)
      .filter((payload) => payload !== 'ping')
      .map((p) => Command.parse(p)).length,
  ).toBe(Command.options.length)
  const frames = asyncapi.frames.filter(({ name }) => name !== 'pong')
  expect(frames.length).toBe(Frame.options.length)
  for (const frame of frames) {
    expect(examplesOf([frame]).map((payload) => Frame.parse(payload))).not.toEqual([])
  }
  for (const { summary } of [...asyncapi.commands, ...asyncapi.frames]) {
    expect(summary).toMatch(/^[A-Z].*\.$/)
  }
})

it('every event is described, with an example of its own that its schema accepts', () => {
  const types = Event.options.map(({ shape }) => shape.type.value)
  const shown = asyncapi.events.flatMap(({ name, examples }) =>
    examples.map(({ payload }) => {
      const { type } = Event.parse(payload)
      expect(type).toBe(name)
      return type
    }),
  )
  expect(shown).toEqual(types)
  const frame = asyncapi.frames.find(({ name }) => name === 'events')
  expect(frame?.examples.map(({ name }) => name)).toEqual(types)
})

it('serves the renderer that its decision names, byte for byte', () => {
  const { version, sha256 } = JSON.parse(readFileSync('scripts/scalar.json', 'utf8'))
  const script = readFileSync('public/docs/scalar.js')
  expect(createHash('sha256').update(script).digest('hex')).toBe(sha256)
  expect(String(script)).toContain(`@scalar/api-reference@${version}`)
  expect(readFileSync('docs/decisions/0001-reference-renderer.md', 'utf8')).toContain(version)
})
