import { leashed } from './leashed.mjs'

/** Builds the page at `/` where it is not built yet. Without it the address shows links to the docs, so this is no reason not to start. */
export async function buildPage() {
  const build = leashed(['node', 'scripts/page.ts'], { isQuiet: true })
  if ((await build.ended) !== 0)
    console.error(`The page at / could not be built; the rest is served.\n${build.printed()}`)
}
