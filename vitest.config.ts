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
          MIGRATIONS: await readD1Migrations('migrations'),
        },
      },
    }),
  ],
  test: { setupFiles: ['./test/helpers/migrate.ts'], testTimeout: 20_000 },
}))
