import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

// What each place of src may import: of ours (a folder, a file, or a file with a folder's one exception) and of
// packages. It is the table of ARCHITECTURE.md; "types" after a name allows `import type` only.
const WORDS = ['errors', 'ids', 'schemas/']
const table: Record<string, { ours: string[]; packages: string[] }> = {
  'schemas/': { ours: ['schemas/', 'errors'], packages: ['zod'] },
  errors: { ours: [], packages: [] },
  ids: { ours: [], packages: ['uuid', 'node:crypto'] },
  buckets: { ours: ['errors'], packages: [] },
  cursors: { ours: ['errors'], packages: ['zod'] },
  tokens: { ours: WORDS, packages: ['jose'] },
  'directory/': {
    ours: ['directory/', 'cursors', 'tokens', ...WORDS],
    packages: ['drizzle-orm', 'node:crypto', 'unique-names-generator', 'zod'],
  },
  'room/': {
    ours: [
      'room/',
      'buckets',
      'tokens',
      'directory/contacts',
      'directory/directory',
      'directory/profiles',
      'directory/index-rows',
      'directory/room-index',
      'media/',
      ...WORDS,
    ],
    packages: ['cloudflare:workers', 'zod'],
  },
  'media/': {
    ours: ['media/', ...WORDS],
    packages: ['cloudflare:workers', 'content-disposition', 'file-type', 'image-size', 'zod'],
  },
  'media-tokens': { ours: ['tokens'], packages: ['jose'] },
  sending: {
    ours: ['directory/', 'media/', 'room/answer', 'room/ types', ...WORDS],
    packages: ['cloudflare:workers'],
  },
  context: { ours: ['directory/directory types', 'tokens types'], packages: [] },
  'middleware/': {
    ours: [
      'middleware/',
      'media/',
      'media-tokens',
      'context',
      'directory/',
      'room/ types',
      'buckets',
      'tokens',
      'cursors',
      ...WORDS,
    ],
    packages: ['hono', '@hono/zod-openapi types'],
  },
  people: {
    ours: ['directory/', 'media/', 'room/answer', 'context', ...WORDS],
    packages: ['cloudflare:workers'],
  },
  contacts: {
    ours: ['directory/', 'room/answer', 'people', ...WORDS],
    packages: ['cloudflare:workers'],
  },
  rounds: { ours: [], packages: [] },
  openapi: {
    ours: ['context', ...WORDS],
    packages: ['@hono/zod-openapi', 'hono', 'zod'],
  },
  examples: { ours: [], packages: [] },
  contract: { ours: ['context', 'examples'], packages: ['@hono/zod-openapi types'] },
  asyncapi: { ours: ['examples', ...WORDS], packages: ['zod'] },
  'routes/': {
    ours: [
      'middleware/',
      'directory/',
      'media/',
      'media-tokens',
      'sending',
      'room/answer',
      'room/permissions',
      'room/ types',
      'asyncapi',
      'contacts',
      'contract',
      'context',
      'cursors',
      'openapi',
      'people',
      'rounds',
      'tokens',
      ...WORDS,
    ],
    packages: ['hono', 'zod', '@hono/zod-openapi types'],
  },
  app: {
    ours: ['routes/', 'middleware/', 'directory/directory', 'context', 'openapi', 'errors'],
    packages: ['hono'],
  },
  index: { ours: ['app', 'people', 'room/room'], packages: [] },
  'client/': { ours: ['client/', 'schemas/'], packages: ['zod'] },
}

// Files that were over the limit before it was enforced. This list only shrinks.
const LONG = [
  'directory/tables',
  'room/members',
  'room/messages',
  'room/moderation',
  'room/room',
  'room/settings',
  'room/storage',
  'routes/messages',
  'schemas/rooms',
]
const MAX_LINES = 150

interface Import {
  from: string
  isType: boolean
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(join('src', file), 'utf8')
    return { name: file.replace(/\.ts$/, ''), text, imports: importsOf(file, text) }
  })

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

/** The row of the table that a file falls under: its own, or its folder's. */
const placeOf = (name: string) => (name.includes('/') ? `${name.split('/')[0]}/` : name)

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
          .filter((one) => !allows([...row.ours, ...row.packages], one))
          .map(({ from, isType }) => `${name} imports ${from}${isType ? ' (types)' : ''}`),
      )
    expect(forbidden).toEqual([])
  })

  it('keeps routes from each other', () => {
    const crossed = files.filter(
      ({ name, imports }) =>
        name.startsWith('routes/') && imports.some(({ from }) => from.startsWith('routes/')),
    )
    expect(crossed.map(({ name }) => name)).toEqual([])
  })

  it('loads nothing on the side', () => {
    const dynamic = files.filter(({ text }) => /\bimport\(|\brequire\(['"]/.test(text))
    expect(dynamic.map(({ name }) => name)).toEqual([])
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

it('only the directory speaks to D1, and only the room to its SQLite', () => {
  const d1 = files.filter(
    ({ name, text }) => !name.startsWith('directory/') && /\bD1Database\b|\.prepare\(/.test(text),
  )
  const sqlite = files.filter(
    ({ name, text }) => !name.startsWith('room/') && /\bSqlStorage\b|\bsql\.exec\b/.test(text),
  )
  expect([...d1, ...sqlite].map(({ name }) => name)).toEqual([])
})

it('a folder named for nothing does not exist', () => {
  const vague = /(^|\/)(utils?|lib|helpers?|services?|types|common|misc|index)(\/|$)/
  expect(files.map(({ name }) => name).filter((n) => n !== 'index' && vague.test(n))).toEqual([])
})

it(`no file passes ${MAX_LINES} lines but those that already did`, () => {
  const long = files.filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
  expect(long.map(({ name }) => name).sort()).toEqual(LONG)
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
