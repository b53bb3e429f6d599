import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

export default defineConfig(async () => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TOKEN_SECRET: 'a secret that only tests know',
          // Hashing is as slow as it should be in production; tests register hundreds.
          PASSWORD_COST: '4',
          // Tests post in bursts that no person would; the limits have a test of their own.
          POSTS_AT_ONCE: '1500',
          FRAMES_AT_ONCE: '3000',
          MIGRATIONS: await readD1Migrations('migrations'),
        },
      },
    }),
  ],
  test: {
    // One line per request is for operators; failures stay visible.
    onConsoleLog: (log: string) =>
      !log.includes("level: 'info'") && !log.includes("\u001b[32m'info'"),
    setupFiles: ['./test/helpers/migrate.ts'],
    testTimeout: 20_000,
  },
}))
