/** What a page is told to upload. */
export interface Orders {
  endpoint: string
  token: string
  bytes: number
  /** Sends POST in the place of PATCH, as behind a proxy that knows no PATCH. */
  overridePatchMethod: boolean
}

/** What a page can be asked for. */
export interface Acts {
  byTusJsClient(orders: Orders): Promise<Stored>
  byUppy(orders: Orders): Promise<Stored & { wasPaused: boolean }>
  /** Begins and never ends: the page is closed meanwhile. Answers when half is sent. */
  begin(orders: Orders): Promise<void>
  /** Uploads the same file again, by the client of this repository. */
  resume(orders: Orders): Promise<Stored & { from: number }>
  asOtherVersion(orders: Orders): Promise<{ status: number; version: string | null }>
  readBack(orders: Orders): Promise<{ status: number; metadata: string | null }>
}

export interface Stored {
  url: string
  sha256: string
}
