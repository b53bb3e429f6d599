import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory for a server's storage in which the rooms have a disk of their own, and a small one. */
export class SmallDisk {
  private constructor(
    readonly directory: string,
    private readonly rooms: string,
  ) {}

  /** undefined where nobody may mount: it takes root. */
  static mount(megabytes: number): SmallDisk | undefined {
    const directory = mkdtempSync(join(tmpdir(), 'chatroom-disk-'))
    const rooms = join(directory, 'do')
    mkdirSync(rooms)
    try {
      mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', rooms])
    } catch {
      rmSync(directory, { recursive: true })
      return undefined
    }
    return new SmallDisk(directory, rooms)
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.rooms)
    return bavail * bsize
  }

  grow(megabytes: number): void {
    mount(['-o', `remount,size=${megabytes}m`, this.rooms])
  }

  unmount(): void {
    execFileSync('umount', [this.rooms])
    rmSync(this.directory, { recursive: true })
  }
}

const mount = (args: string[]) => execFileSync('mount', args, { stdio: 'pipe' })
