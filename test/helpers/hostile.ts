import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { app } from '../../src/app'

declare global {
  namespace Cloudflare {
    interface Env {
      /** The big list of naughty strings, as JSON. */
      NAUGHTY: string
      /** Set: the long forms of what is random. */
      THOROUGH: string
    }
  }
}

/** One request that nobody well-meaning would send. */
export interface Attack {
  method: string
  path: string
  headers: [string, string][]
  body: string | Uint8Array | undefined
}

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const strings = fc.oneof(
  fc.constantFrom(...(JSON.parse(env.NAUGHTY) as string[])),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', '\u202e', '%00', '../..', '1e309', '-1', 'null'),
  fc.constantFrom('x'.repeat(5000), '🧨'.repeat(3000), '\u0301'.repeat(2000)),
)
const values = fc.oneof(
  { weight: 3, arbitrary: strings },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 1.5, 2 ** 53, 1e308, true, null, [], {}) },
)

const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
  definition.type === 'route' ? [definition.route] : [],
)

/** Names that a body of this route has, so that some of them are filled with nonsense. */
function fieldsOf(route: (typeof routes)[number]): string[] {
  const content = route.request?.body?.content['application/json']
  const schema = content && 'schema' in content ? content.schema : undefined
  const shape = schema && 'shape' in schema ? (schema.shape as object) : {}
  return [...Object.keys(shape), '__proto__', 'constructor', 'extra']
}

function queriesOf(route: (typeof routes)[number]): string[] {
  const { query } = route.request ?? {}
  const shape = query && 'shape' in query ? (query.shape as object) : {}
  return [...Object.keys(shape), 'limit', 'cursor', 'extra']
}

const bodies = (fields: string[]) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...fields), values), { maxLength: 6 })
        // Written by hand, because `__proto__` would not survive an object.
        .map((pairs) => `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`),
    },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.constantFrom('', '{', 'nul', '{"a":}', deep(10_000), '\ufeff{}') },
    { weight: 1, arbitrary: fc.constantFrom(`"${'x'.repeat(70_000)}"`, '1'.repeat(400)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(`[${'1,'.repeat(20_000)}1]`, `{${'"a":1,'.repeat(9000)}"a":1}`),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  )

const types = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-16',
      'application/jsonx',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      '',
    ),
  },
)

/** What comes after the question mark when nobody encoded it. */
const raw = fc.constantFrom(
  '%',
  '%zz=%c3%28',
  '&&&=&=',
  'limit=1&limit=2',
  'limit[]=1',
  'after=%00',
  `x=${'y'.repeat(8000)}`,
  '?'.repeat(100),
)

// `.` and `..` are no names: whoever builds the URL takes them away.
const segment = (text: string) =>
  /^\.{0,2}$/.test(text) ? '-' : encodeURIComponent(text.toWellFormed())

// Whoever sends text gets a content type with it; who sends bytes gets none.
const typed = (body: Attack['body'], type: string) =>
  type === '' && typeof body === 'string' ? new TextEncoder().encode(body) : body

/** Any request to any endpoint; `ids` are real ones that some parameters take. */
export function attacks(ids: string[], tokens: string[]): fc.Arbitrary<Attack> {
  const parameter = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ids) },
    { weight: 2, arbitrary: strings.map(segment) },
  )
  return fc.constantFrom(...routes).chain((route) => {
    const holes = route.path.match(/\{\w+\}/g) ?? []
    return fc
      .record({
        parameters: fc.tuple(...holes.map(() => parameter)),
        query: fc.array(fc.tuple(fc.constantFrom(...queriesOf(route)), strings), { maxLength: 3 }),
        tail: fc.option(raw, { freq: 8 }),
        type: types,
        body: bodies(fieldsOf(route)),
        token: fc.constantFrom(...tokens),
        extra: fc.constantFrom<[string, string]>(
          ['X-Request-Id', 'x'.repeat(400)],
          ['If-None-Match', '"*"'],
          ['Accept', 'image/png;q=nonsense'],
          ['Origin', 'null'],
          ['X-Forwarded-For', "'; drop table users"],
          ['CF-Connecting-IP', '::::::::::1'],
          ['User-Agent', 'x'.repeat(8000)],
          ['If-Match', '"-1"'],
          ['Content-Encoding', 'gzip'],
          ['Range', 'bytes=9-1,-,0-'],
          ['Upload-Offset', '-1'],
          ['X-User-Id', ids[0] ?? ''],
        ),
      })
      .map(({ parameters, query, tail, type, body, token, extra }) => {
        let filled = 0
        const path = route.path.replace(/\{\w+\}/g, () => String(parameters[filled++]))
        const search = [
          ...query.map(([k, v]) => `${k}=${encodeURIComponent(v.toWellFormed())}`),
          ...(tail === null ? [] : [tail]),
        ]
        const headers: [string, string][] = [extra, ['Authorization', token]]
        const hasBody = !['get', 'head'].includes(route.method)
        if (hasBody && type) headers.push(['Content-Type', type])
        return {
          method: route.method.toUpperCase(),
          path: search.length > 0 ? `${path}?${search.join('&')}` : path,
          headers,
          body: hasBody ? typed(body, type) : undefined,
        }
      })
  })
}
