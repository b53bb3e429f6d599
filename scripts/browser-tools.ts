// Before the suites that need a browser: installs one, and what runs in it. Fails where npm cannot.
import { install } from './start/install.mjs'

try {
  await install('test/browser')
} catch {
  console.log('NPM COULD NOT INSTALL A BROWSER: WHAT NEEDS ONE IS SKIPPED.')
  process.exitCode = 1
}
