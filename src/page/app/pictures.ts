/** What the service takes as a picture of somebody. */
const MAX_BYTES = 2_000_000
const MAX_SIDE = 1024

/** A picture that is small enough to be sent: as it is, or made smaller. */
export async function fitting(file: File): Promise<Blob> {
  if (file.size <= MAX_BYTES) return file
  const bitmap = await createImageBitmap(file).catch(() => null)
  // What this browser cannot read, the service may still explain.
  if (!bitmap) return file
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(bitmap.width * scale)
  canvas.height = Math.round(bitmap.height * scale)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture cannot be made smaller.'))),
      'image/jpeg',
      0.9,
    ),
  )
}
