import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'

const DEBIAN = '/usr/bin/chromium'
// It goes with the package: an install starts anew.
const HERE = join(import.meta.dirname, 'node_modules/.cache/chromium')

const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${HERE}/fonts</dir><cachedir>${HERE}/font-cache</cachedir></fontconfig>
`

interface Program {
  executablePath: string
  env: NodeJS.ProcessEnv
}

let launching: Promise<Browser | undefined> | undefined

/**
 * A browser without a window, of npm's or else Debian's Chromium; undefined where neither runs. Whoever asks shares one,
 * and closes it after the last test.
 */
export function launch(): Promise<Browser | undefined> {
  launching ??= launchFirst([fromNpm, fromDebian])
  return launching
}

async function launchFirst(
  sources: (() => Promise<Program | undefined>)[],
): Promise<Browser | undefined> {
  for (const find of sources) {
    try {
      const program = await find()
      // Root, as in a container, may not use the sandbox. Nothing else is switched off: what a page may do is tested, too.
      if (program) return await chromium.launch({ ...program, args: ['--no-sandbox'] })
    } catch (error) {
      console.log(`No browser: ${(error as Error).message.split('\n', 1)[0]}`)
    }
  }
  console.log('THERE IS NO CHROMIUM HERE: WHAT NEEDS A BROWSER IS SKIPPED.')
  return undefined
}

const fromDebian = async (): Promise<Program | undefined> =>
  existsSync(DEBIAN) ? { executablePath: DEBIAN, env: process.env } : undefined

/** What the package unpacks by itself lacks the libraries that a bare Debian lacks, too. */
async function fromNpm(): Promise<Program | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const main = fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  const packed = join(dirname(main), '../../bin')
  if (!existsSync(HERE)) await unpack(packed)
  return {
    executablePath: join(HERE, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(HERE, 'lib'),
      FONTCONFIG_PATH: HERE,
    },
  }
}

async function unpack(packed: string): Promise<void> {
  const [program, libraries, fonts] = await Promise.all(
    ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'].map(async (name) =>
      brotliDecompressSync(await readFile(join(packed, name))),
    ),
  )
  const unfinished = `${HERE}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  writeFileSync(join(unfinished, 'chromium'), program as Buffer)
  chmodSync(join(unfinished, 'chromium'), 0o755)
  for (const input of [libraries, fonts]) {
    execFileSync('tar', ['-x', '-C', unfinished], { input: input as Buffer })
  }
  // It names the folders of another machine.
  writeFileSync(join(unfinished, 'fonts.conf'), FONTS)
  // Another run may have been first.
  try {
    renameSync(unfinished, HERE)
  } catch {
    rmSync(unfinished, { recursive: true })
  }
}
