// npm run lock, after a change of dependencies: names the binaries of other platforms in package-lock.json.
// npm leaves out what it could not read from its registry, and then refuses the lock file (`npm ci`: "Missing").
import { readFileSync, writeFileSync } from 'node:fs'

interface Package {
  version?: string
  dev?: boolean
  optionalDependencies?: Record<string, string>
}

const FILE = 'package-lock.json'
const lock: { packages: Record<string, Package> } = JSON.parse(readFileSync(FILE, 'utf8'))
const { packages } = lock

for (const { dev, optionalDependencies = {} } of Object.values(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`
    if (packages[path]) continue
    const [platform = '', arch = '', libc] = (name.split('/').at(-1) ?? '').split('-').slice(1)
    packages[path] = {
      version,
      ...{
        cpu: [arch === '64' ? 'x64' : arch],
        ...(dev && { dev }),
        ...(libc && { libc: [libc] }),
      },
      ...{ optional: true, os: [platform === 'windows' ? 'win32' : platform] },
    }
    console.log(`added ${name}@${version}`)
  }
}

lock.packages = Object.fromEntries(
  Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
)
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
