// npm run build:client: the package for front ends in dist/client, with types that need neither zod nor our sources.
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { z } from 'zod'

const OUT = 'dist/client'
const TYPES = join(OUT, 'types')
const PROTOCOL = 'src/client/protocol.ts'

/** What can be imported: the name in `exports`, and its source. */
const entries = {
  '.': 'chatroom-client',
  './react': 'react/chatroom-react',
  './outbox': 'outbox',
  './upload': 'upload',
  './faults': 'faults',
}

/** What the generator says above each type. */
const REFERENCED =
  /\/\*\*\n \* This interface was referenced by .*\n \* via .*\n \*\/\n| \*\s*\n \* This interface was referenced by .*\n \* via .*\n/g

rmSync(OUT, { recursive: true, force: true })
await bundle()
execFileSync('tsc', ['-p', 'src/client/tsconfig.build.json'], { stdio: 'inherit' })
// What is left of the schemas are the types of the protocol, written out.
writeFileSync(join(TYPES, 'client/protocol.d.ts'), await protocolTypes())
for (const name of readdirSync(TYPES)) {
  if (name !== 'client') rmSync(join(TYPES, name), { recursive: true })
}
for (const name of readdirSync(TYPES, { recursive: true, encoding: 'utf8' })) {
  if (name.endsWith('.d.ts')) withExtensions(join(TYPES, name))
}
writeFileSync(join(OUT, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
cpSync('src/client/README.md', join(OUT, 'README.md'))
cpSync('LICENSE', join(OUT, 'LICENSE'))

async function bundle() {
  await build({
    entryPoints: Object.values(entries).map((name) => ({
      in: `src/client/${name}.ts`,
      out: name,
    })),
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['react', 'tus-js-client'],
    sourcemap: true,
    logLevel: 'error',
  })
}

function manifest() {
  const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'))
  const exported = Object.entries(entries).map(([name, file]) => [
    name,
    { types: `./types/client/${file}.d.ts`, default: `./${file}.js` },
  ])
  return {
    name: 'chatroom-client',
    version,
    license,
    description:
      'A client of the chatroom service: connections, a store without gaps, React hooks.',
    type: 'module',
    sideEffects: false,
    exports: Object.fromEntries(exported),
    // The hooks need the one, uploads the other.
    peerDependencies: { react: '>=18', 'tus-js-client': '^4.3.0' },
    peerDependenciesMeta: { react: { optional: true }, 'tus-js-client': { optional: true } },
  }
}

/** The types that the client takes from the schemas, made from their JSON Schema: `z.infer` would need zod. */
async function protocolTypes(): Promise<string> {
  const names = [...readFileSync(PROTOCOL, 'utf8').matchAll(/export type \{([^}]+)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((name) => name.trim())
    .filter(Boolean)
  const schemas = await schemasOf()
  const shape = Object.fromEntries(names.map((name) => [name, schemas[name] as z.ZodType]))
  const all = z.toJSONSchema(z.object(shape), { io: 'output', unrepresentable: 'any' })
  const definitions: Record<string, unknown> = { ...all.$defs }
  for (const [name, schema] of Object.entries(all.properties ?? {})) definitions[name] ??= schema
  const open = JSON.parse(JSON.stringify({ definitions }).replaceAll('#/$defs/', '#/definitions/'))
  const text = await compile(
    { title: 'Protocol', type: 'object', ...open } as JSONSchema,
    'Protocol',
    {
      additionalProperties: false,
      unreachableDefinitions: true,
      bannerComment: '',
      format: false,
    },
  )
  return text.replaceAll(REFERENCED, '')
}

/** The schemas themselves, by the same names as their types. */
async function schemasOf(): Promise<Record<string, unknown>> {
  const contents = readFileSync(PROTOCOL, 'utf8').replaceAll('export type', 'export')
  const outfile = join(process.cwd(), OUT, 'schemas.mjs')
  await build({
    stdin: { contents, resolveDir: 'src/client', loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  })
  const schemas = await import(outfile)
  rmSync(outfile)
  return schemas
}

/** Node's way of resolving wants the names of files. */
function withExtensions(file: string): void {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll(/(from '\.{1,2}\/[^']+)'/g, "$1.js'"))
}
