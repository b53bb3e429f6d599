import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

// The direction of docs/architecture.md#layout. What each place of src may import, lowest first: of ours (a folder or a
// file) and of packages. A place is a folder, or a file that is more than its folder. "types" after a name allows
// `import type` only. A place always may import itself.
const WORDS = ['errors', 'folding', 'ids', 'schemas/']
const table: Record<string, { ours: string[]; packages: string[] }> = {
  errors: { ours: [], packages: [] },
  folding: { ours: [], packages: ['es-toolkit'] },
  ids: { ours: [], packages: ['uuid', 'node:crypto'] },
  'durable-objects/': { ours: ['errors'], packages: [] },
  'schemas/': { ours: ['errors'], packages: ['zod'] },
  'rate-limit/': { ours: ['errors'], packages: [] },
  // What a room and an inbox do alike with their sockets.
  'sockets/': { ours: WORDS, packages: ['zod types'] },
  'auth/': {
    ours: WORDS,
    packages: [
      '@simplewebauthn/server',
      '@zxcvbn-ts/language-common',
      'jose',
      'node:crypto',
      'oauth4webapi',
      'otpauth',
      'zod',
    ],
  },
  'directory/': {
    ours: ['auth/', ...WORDS],
    packages: [
      'drizzle-orm',
      'node:crypto',
      'reserved-usernames',
      'unhomoglyph',
      'unique-names-generator',
      'zod',
    ],
  },
  'media/': {
    ours: WORDS,
    packages: [
      'cloudflare:workers',
      'content-disposition',
      'file-type',
      'image-size',
      'modern-tar',
      'p-map',
      'zod',
    ],
  },

  'mail/': { ours: ['directory/', ...WORDS], packages: ['cloudflare:workers', 'hono'] },

  // What rooms and the Worker call of a user's inbox.
  'inbox/room-news': { ours: WORDS, packages: [] },
  'inbox/client': {
    ours: ['inbox/room-news types', 'auth/', 'durable-objects/', ...WORDS],
    packages: ['cloudflare:workers'],
  },

  // A room, from its rows up to its object.
  'room/store/': { ours: ['directory/ types', 'media/', ...WORDS], packages: [] },
  'room/state/': { ours: ['room/store/', 'rate-limit/', ...WORDS], packages: [] },
  'room/policy/': { ours: ['room/state/', 'room/store/', 'directory/', ...WORDS], packages: [] },
  'room/search/': {
    ours: ['room/policy/', 'room/state/', 'room/store/', 'rate-limit/', ...WORDS],
    packages: ['@date-fns/tz', 'zod'],
  },
  'room/connections/': { ours: ['sockets/ types', ...WORDS], packages: [] },
  'room/commit/': { ours: WORDS, packages: [] },
  'room/sync/': { ours: ['room/state/', 'room/store/', 'directory/', ...WORDS], packages: [] },
  'room/watch/': {
    ours: ['room/queries/', 'room/state/', 'room/store/', 'inbox/room-news types', ...WORDS],
    packages: [],
  },
  'room/queries/': {
    ours: [
      'room/connections/ types',
      'room/policy/',
      'room/search/',
      'room/state/',
      'room/store/',
      'rate-limit/',
      ...WORDS,
    ],
    packages: [],
  },
  'room/commands/': {
    ours: [
      'room/commit/',
      'room/connections/ types',
      'room/policy/',
      'room/search/',
      'room/state/',
      'room/store/',
      'directory/ types',
      'media/',
      'rate-limit/',
      ...WORDS,
    ],
    packages: [],
  },
  'room/context': {
    ours: [
      'room/commands/',
      'room/commit/',
      'room/connections/',
      'room/policy/',
      'room/state/',
      'room/store/',
      'room/sync/',
      'room/watch/',
      'sockets/',
      'inbox/client',
      'auth/',
      'directory/',
      'rate-limit/',
      ...WORDS,
    ],
    packages: [],
  },
  'room/job-runner': {
    ours: ['errors', 'room/context types', 'room/commands/', 'room/search/', 'room/store/'],
    packages: [],
  },
  'room/transport/': {
    ours: [
      'room/context types',
      'room/commands/',
      'room/connections/',
      'room/policy/',
      'room/queries/',
      'room/store/',
      'sockets/',
      'rate-limit/',
      'auth/',
      ...WORDS,
    ],
    packages: [],
  },
  'room/chat-room': {
    ours: [
      'durable-objects/',
      'sockets/',
      'room/context',
      'room/job-runner',
      'room/transport/',
      'room/commands/',
      'room/commit/',
      'room/policy/',
      'room/queries/',
      'room/search/',
      'room/store/',
      'directory/',
      'media/ types',
      ...WORDS,
    ],
    packages: ['cloudflare:workers'],
  },
  'room/client': {
    ours: ['room/chat-room types', 'room/commit/', 'room/transport/', 'durable-objects/', ...WORDS],
    packages: [],
  },

  'inbox/': {
    ours: [
      'inbox/client',
      'inbox/room-news types',
      'room/client',
      'room/commit/',
      'room/policy/',
      'sockets/',
      'durable-objects/',
      'rate-limit/',
      'directory/',
      'auth/',
      ...WORDS,
    ],
    packages: ['cloudflare:workers', 'p-map'],
  },

  // The Worker around the objects.
  'exports/': {
    ours: ['directory/', 'inbox/client', 'media/', 'room/client', 'room/ types', ...WORDS],
    packages: ['cloudflare:workers'],
  },
  queue: { ours: ['exports/', 'fanout/'], packages: [] },
  'fanout/': {
    ours: ['directory/', 'media/', 'room/client', ...WORDS],
    packages: ['cloudflare:workers'],
  },
  'uploads/': {
    ours: [
      'auth/',
      'directory/',
      'fanout/',
      'media/',
      'http/context types',
      'room/client',
      'room/ types',
      ...WORDS,
    ],
    packages: ['cloudflare:workers'],
  },
  'http/binary-paths': { ours: [], packages: [] },
  'http/context': {
    ours: [
      'directory/ types',
      'auth/ types',
      'room/ types',
      'durable-objects/ types',
      'schemas/ types',
    ],
    packages: [],
  },
  'docs/': {
    ours: ['http/context types', ...WORDS],
    packages: ['zod', 'hono', '@hono/zod-openapi types'],
  },
  'middleware/': {
    ours: [
      'http/context',
      'http/binary-paths',
      'fanout/',
      'media/',
      'directory/',
      'room/client',
      'room/ types',
      'inbox/',
      'inbox/client',
      'rate-limit/',
      'auth/',
      ...WORDS,
    ],
    packages: ['hono', '@hono/zod-openapi types'],
  },
  'http/': {
    ours: ['http/context', 'middleware/', 'directory/', 'auth/', ...WORDS],
    packages: ['@hono/zod-openapi', 'hono', 'jose', 'p-map', 'zod'],
  },
  'http/keyed-rooms': {
    ours: ['http/context types', 'directory/', 'room/client', 'room/ types', ...WORDS],
    packages: [],
  },
  'http/answer-log-in': {
    ours: [
      'http/',
      'http/context types',
      'fanout/',
      'inbox/',
      'mail/',
      'directory/',
      'auth/',
      ...WORDS,
    ],
    packages: ['hono'],
  },
  'http/identity-sign-in': {
    ours: [
      'http/',
      'http/answer-log-in',
      'http/context types',
      'uploads/',
      'fanout/',
      'inbox/',
      'directory/',
      'auth/',
      ...WORDS,
    ],
    packages: ['hono'],
  },
  'http/log-in': {
    ours: [
      'http/',
      'http/answer-log-in',
      'http/context types',
      'inbox/',
      'mail/',
      'middleware/',
      'directory/',
      'auth/',
      ...WORDS,
    ],
    packages: ['hono'],
  },
  'routes/': {
    ours: [
      'mail/',
      'http/',
      'http/identity-sign-in',
      'http/log-in',
      'http/context',
      'http/keyed-rooms',
      'middleware/',
      'uploads/',
      'exports/',
      'fanout/',
      'docs/',
      'inbox/',
      'inbox/client',
      'directory/',
      'media/',
      'auth/',
      'room/client',
      'room/policy/permissions',
      'room/ types',
      ...WORDS,
    ],
    packages: ['hono', 'zod', 'p-map', '@hono/zod-openapi types'],
  },
  app: {
    ours: ['routes/', 'middleware/', 'http/', 'directory/database', 'errors'],
    packages: ['hono'],
  },
  // A package of its own, which takes types from the schemas and nothing else: no zod, nothing of the server.
  'client/store/': { ours: ['client/protocol types'], packages: [] },
  'client/connection/': { ours: ['client/protocol types'], packages: [] },
  'client/react/': { ours: ['client/'], packages: ['react'] },
  'client/protocol': { ours: ['schemas/ types'], packages: [] },
  'client/upload': { ours: ['client/'], packages: ['tus-js-client'] },
  'client/': {
    ours: ['client/protocol types', 'client/store/', 'client/connection/'],
    packages: [],
  },

  // The page at `/`: a front end like any other, which knows the service by its client alone.
  'page/app/': {
    ours: ['client/', 'client/react/', 'client/connection/', 'client/protocol types'],
    packages: ['@simplewebauthn/browser', 'preact'],
  },
  'page/components/': {
    ours: ['page/app/', 'client/protocol types'],
    packages: ['preact', 'uqr'],
  },
  'page/views/': {
    ours: [
      'page/app/',
      'page/components/',
      'client/ types',
      'client/react/',
      'client/store/ types',
      'client/protocol types',
    ],
    packages: ['preact'],
  },
  'page/': {
    ours: ['page/app/', 'page/views/', 'page/styles/', 'client/react/'],
    packages: ['preact'],
  },
  'page/vite.config': { ours: [], packages: ['vite'] },

  cron: {
    ours: ['auth/', 'directory/', 'exports/', 'fanout/', 'inbox/client'],
    packages: [],
  },
  index: { ours: ['app', 'cron', 'queue', 'inbox/', 'room/chat-room'], packages: [] },
}

// Longer than 250 lines, each for the reason that docs/decisions/0012-file-size-limit.md gives.
const LONG = ['directory/schema', 'room/chat-room', 'room/store/schema']
const MAX_LINES = 250
const MAX_FILES = 25

interface Import {
  from: string
  isType: boolean
}

const files = read('src')

function read(root: string) {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return { name: file.replace(/\.tsx?$/, ''), text, imports: importsOf(file, text) }
    })
}

/** The circles of a graph, each as its members in order (Tarjan's strongly connected components). */
function circlesOf(graph: Map<string, Set<string>>): string[][] {
  const [index, low] = [new Map<string, number>(), new Map<string, number>()]
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (node: string): number => {
    const at = index.size
    index.set(node, at)
    low.set(node, at)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      const reached = index.has(next) ? (stack.includes(next) ? index.get(next) : at) : visit(next)
      low.set(node, Math.min(low.get(node) ?? at, reached ?? at))
    }
    if (low.get(node) === at) {
      const members = stack.splice(stack.indexOf(node))
      if (members.length > 1) circles.push(members.sort())
    }
    return low.get(node) ?? at
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return circles
}

function importsOf(file: string, text: string): Import[] {
  const names = String.raw`(?:[\w*\s,]*(?:\{[^}]*\})?\s*from\s+)?`
  const statement = new RegExp(
    String.raw`^(?:import|export(?=\s+(?:type\s+)?[{*]))\s+(type\s)?${names}'([^']+)'`,
    'gm',
  )
  return [...text.matchAll(statement)].map(([, type, from = '']) => ({
    from: from.startsWith('.') ? normalize(join(dirname(file), from)) : from,
    isType: type !== undefined,
  }))
}

/** The row of the table that a file falls under: its own, or that of the nearest folder. */
function placeOf(name: string): string {
  if (table[name]) return name
  const folders = name.split('/').slice(0, -1)
  while (folders.length > 1 && !table[`${folders.join('/')}/`]) folders.pop()
  return folders.length > 0 ? `${folders.join('/')}/` : name
}

function allows(entries: string[], { from, isType }: Import): boolean {
  return entries.some((entry) => {
    const [name = '', onlyTypes] = entry.split(' ')
    if (onlyTypes && !isType) return false
    return name.endsWith('/') ? from.startsWith(name) : from === name || from.startsWith(`${name}/`)
  })
}

describe('the import table', () => {
  it('finds imports at all', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(
      importsOf('room/x.ts', `import {\n  a,\n} from '../y'\nexport type { b } from 'z'`),
    ).toEqual([
      { from: 'y', isType: false },
      { from: 'z', isType: true },
    ])
  })

  it('has a row for every place, so a new folder is a decision', () => {
    expect([...new Set(files.map(({ name }) => placeOf(name)))].filter((p) => !table[p])).toEqual(
      [],
    )
  })

  it.each(Object.entries(table))('%s imports only what it may', (place, row) => {
    const forbidden = files
      .filter(({ name }) => placeOf(name) === place)
      .flatMap(({ name, imports }) =>
        imports
          .filter((one) => !allows([place, ...row.ours, ...row.packages], one))
          .map(({ from, isType }) => `${name} imports ${from}${isType ? ' (types)' : ''}`),
      )
    expect(forbidden).toEqual([])
  })

  it('has no circle of places: nothing imports upwards', () => {
    const graph = new Map<string, Set<string>>()
    for (const { name, imports } of files) {
      const place = placeOf(name)
      const known = graph.get(place) ?? new Set()
      graph.set(place, known)
      for (const { from } of imports) {
        const isOurs = files.some((file) => file.name === from)
        if (isOurs && placeOf(from) !== place) known.add(placeOf(from))
      }
    }
    expect(circlesOf(graph)).toEqual([])
  })

  it('keeps routes from each other', () => {
    const crossed = files.filter(
      ({ name, imports }) =>
        name.startsWith('routes/') && imports.some(({ from }) => from.startsWith('routes/')),
    )
    expect(crossed.map(({ name }) => name)).toEqual([])
  })

  it('loads nothing on the side but what is large and seldom needed: a list of passwords, large uploads, the account', () => {
    const dynamic = files.filter(({ text }) => /\bimport\(|\brequire\(['"]/.test(text))
    expect(dynamic.map(({ name }) => name)).toEqual([
      'auth/password-policy',
      'page/app/uploads',
      'page/views/account-loader',
    ])
  })
})

it('a room binds the limit of a query where SQLite does not look at it', () => {
  // A number bound as `limit ?` is a part of the plan: SQLite plans again each time it is bound, which takes longer
  // than most of the queries. It does not look through a sign.
  const planned = files.filter(
    ({ name, text }) => name.startsWith('room/') && /(?<!\.)limit \?/.test(text),
  )
  expect(planned.map(({ name }) => name)).toEqual([])
})

it('only media says R2Bucket', () => {
  const others = files.filter(({ name, text }) => !name.startsWith('media/') && /\bR2/.test(text))
  expect(others.map(({ name }) => name)).toEqual([])
})

it('only the directory speaks to D1, and only rooms and inboxes to their SQLite', () => {
  const d1 = files.filter(
    ({ name, text }) => !name.startsWith('directory/') && /\bD1Database\b|\.prepare\(/.test(text),
  )
  const sqlite = files.filter(
    ({ name, text }) => !/^(room|inbox)\//.test(name) && /\bSqlStorage\b|\bsql\.exec\b/.test(text),
  )
  expect([...d1, ...sqlite].map(({ name }) => name)).toEqual([])
})

it('a folder named for nothing does not exist', () => {
  const vague = /(^|\/)(utils?|lib|helpers?|services?|types|common|misc|index)(\/|$)/
  expect(files.map(({ name }) => name).filter((n) => n !== 'index' && vague.test(n))).toEqual([])
})

it.each(['src', 'bench'])('no circle of files in %s, imports of types counted', (folder) => {
  const all = folder === 'src' ? files : read(folder)
  const names = new Set(all.map(({ name }) => name))
  const graph = new Map(
    all.map(({ name, imports }) => {
      const targets = imports.map(({ from }) => from.replace(/\.tsx?$/, ''))
      return [name, new Set(targets.filter((target) => names.has(target)))]
    }),
  )
  expect(circlesOf(graph)).toEqual([])
})

it('finds a circle where there is one', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b'])],
  ])
  expect(circlesOf(graph)).toEqual([['b', 'c']])
})

it(`no file passes ${MAX_LINES} lines but those with a reason`, () => {
  const long = files.filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
  expect(long.map(({ name }) => name).sort()).toEqual(LONG)
})

it(`no folder of the room has more than ${MAX_FILES} files, and each says what it is`, () => {
  const folders = readdirSync('src/room', { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  )
  expect(folders.length).toBeGreaterThan(5)
  for (const { name } of folders) {
    const content = readdirSync(join('src/room', name))
    expect(content.length, name).toBeLessThanOrEqual(MAX_FILES)
    expect(content, name).toContain('README.md')
  }
})

it('the lock file names the binaries of every platform, or `npm ci` refuses it (npm run lock)', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const names = Object.values(packages).flatMap((one) =>
    Object.keys(one.optionalDependencies ?? {}),
  )
  const isLocked = (name: string) =>
    Object.keys(packages).some((p) => p.endsWith(`node_modules/${name}`))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !isLocked(name))).toEqual([])
})

it('every Worker built from this service exports the classes of its Durable Objects', () => {
  const classes = [...readFileSync('wrangler.toml', 'utf8').matchAll(/^class_name = "(\w+)"/gm)]
  expect(classes.length).toBeGreaterThan(1)
  const entries = [...read('bench'), ...read('src')].filter(({ text }) =>
    /^export default \{[\s\S]*(\.\.\.worker|fetch: app\.fetch)/m.test(text),
  )
  expect(entries.map(({ name }) => name).sort()).toEqual([
    'counted/worker',
    'faults/weather/worker',
    'index',
  ])
  const lacking = entries.flatMap(({ name, text }) =>
    classes
      .filter(
        ([, found = '']) => !new RegExp(`^export (class|.*\\b)\\s*${found}\\b`, 'm').test(text),
      )
      .map(([, found]) => `${name} lacks ${found}`),
  )
  expect(lacking).toEqual([])
})
