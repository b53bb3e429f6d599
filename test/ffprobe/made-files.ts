/** A file that ffmpeg makes. */
export interface MadeFile {
  /** Its ending says the container. */
  name: string
  /** Of ffmpeg, in front of the name. */
  args: string
  /** Whether the file leaves its length open, which ffprobe then guesses. */
  isOpen?: boolean
}

const picture = (size: string, seconds = 2, rate = 10) =>
  `-f lavfi -i testsrc=s=${size}:d=${seconds}:r=${rate}`
const noise = (seconds: number) => `-f lavfi -i anoisesrc=d=${seconds}`
const sine = (seconds: number) => `-f lavfi -i sine=d=${seconds}`
const h264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p'
// Larger than the part of an upload that is read before it is stored.
const large =
  '-f lavfi -i mandelbrot=s=640x360:r=25 -t 3 -c:v libx264 -preset ultrafast -qp 5 -pix_fmt yuv420p'

const films: MadeFile[] = [
  { name: 'header-behind.mp4', args: `${picture('320x180')} ${h264}` },
  { name: 'header-in-front.mp4', args: `${picture('320x180')} ${h264} -movflags +faststart` },
  { name: 'large-header-behind.mp4', args: large },
  { name: 'large-header-in-front.mp4', args: `${large} -movflags +faststart` },
  { name: 'large-header-behind.mov', args: large },
  { name: 'with-sound.mp4', args: `${picture('320x180')} ${sine(3)} ${h264} -c:a aac` },
  { name: 'odd.mp4', args: `${picture('322x182', 1, 30)} ${h264}` },
  { name: 'upright.mp4', args: `${picture('180x320')} ${h264}` },
  { name: 'mpeg4.mp4', args: `${picture('176x144')} -c:v mpeg4` },
  { name: 'hevc.mp4', args: `${picture('320x180', 1)} -c:v libx265 -preset ultrafast -tag:v hvc1` },
  { name: 'vp9.mp4', args: `${picture('320x180', 1)} -c:v libvpx-vp9 -deadline realtime` },
  { name: 'for-phones.m4v', args: `${picture('320x180')} ${h264} -f mp4 -brand M4V` },
  { name: 'phone.3gp', args: `${picture('176x144')} ${h264}` },
  { name: 'quicktime.mov', args: `${picture('320x180')} ${h264}` },
  { name: 'prores.mov', args: `${picture('320x180', 1)} -c:v prores_ks` },
  { name: 'motion-jpeg.mov', args: `${picture('160x90', 1)} -c:v mjpeg -pix_fmt yuvj420p` },
  ...[90, 180, 270].flatMap((turn) =>
    ['mp4', 'mov'].map((ending) => ({
      name: `turned-${turn}.${ending}`,
      args: `-i DIR/header-behind.mp4 -c copy -metadata:s:v rotate=${turn}`,
    })),
  ),
  { name: 'wide-pixels.mp4', args: `${picture('160x180')} -vf setsar=2 ${h264}` },
  { name: 'wide-pixels.mov', args: `${picture('160x180')} -vf setsar=2 ${h264}` },
  { name: 'wide-pixels.webm', args: `${picture('160x180')} -vf setsar=2 -c:v libvpx` },
  {
    name: 'empty-header.mp4',
    args: '-i DIR/with-sound.mp4 -c copy -movflags frag_keyframe+empty_moov',
    isOpen: true,
  },
  {
    name: 'fragments.mp4',
    args: '-i DIR/with-sound.mp4 -c copy -movflags frag_keyframe',
    isOpen: true,
  },
  {
    name: 'dash.mp4',
    args: '-i DIR/with-sound.mp4 -c copy -movflags dash+frag_keyframe',
    isOpen: true,
  },
  { name: 'vp8.webm', args: `${picture('320x180')} -c:v libvpx` },
  { name: 'vp9.webm', args: `${picture('320x180')} -c:v libvpx-vp9 -deadline realtime` },
  {
    name: 'with-sound.webm',
    args: `${picture('320x180')} ${sine(3)} -c:v libvpx -c:a libopus`,
  },
  { name: 'large.webm', args: `${picture('640x360', 3, 25)} -c:v libvpx -b:v 4M` },
  { name: 'live.webm', args: `${picture('320x180')} -c:v libvpx -live 1 -f webm`, isOpen: true },
]

const sounds: MadeFile[] = [
  ...['mp42', 'isom', 'iso5', 'M4A'].map((brand) => ({
    name: `brand-${brand}.m4a`,
    args: `${sine(2)} -c:a aac -f mp4 -brand ${brand}`,
  })),
  { name: 'phone-sound.3gp', args: `${sine(2)} -c:a aac` },
  { name: 'large.m4a', args: `${noise(20)} -c:a aac -b:a 256k` },
  { name: 'sound-alone.mov', args: `${sine(2)} -c:a aac` },
  {
    name: 'fragments.m4a',
    args: `${sine(2)} -c:a aac -f mp4 -brand iso5 -movflags frag_keyframe+empty_moov`,
    isOpen: true,
  },
  { name: 'opus.webm', args: `${sine(2)} -c:a libopus` },
  { name: 'vorbis.webm', args: `${sine(2)} -c:a libvorbis` },
  { name: 'opus.weba', args: `${sine(2)} -c:a libopus -f webm` },
  ...[64, 128, 320].map((rate) => ({
    name: `constant-${rate}.mp3`,
    args: `${noise(3)} -b:a ${rate}k`,
  })),
  { name: 'uncounted.mp3', args: `${noise(3)} -b:a 128k -write_xing 0 -id3v2_version 0` },
  { name: 'uncounted-old-tag.mp3', args: `${noise(3)} -b:a 128k -write_xing 0 -write_id3v1 1` },
  { name: 'variable.mp3', args: `${noise(3)} -q:a 5` },
  { name: 'slow-mono.mp3', args: `${sine(4)} -ar 22050 -ac 1 -b:a 48k` },
  { name: 'slowest.mp3', args: `${sine(4)} -ar 8000 -ac 1 -b:a 16k` },
  {
    name: 'cover.mp3',
    args: `${noise(3)} -f lavfi -i testsrc=s=500x500:d=1:r=1,noise=alls=100:allf=t -map 0 -map 1 -c:v png`,
  },
  { name: 'opus.ogg', args: `${sine(2)} -c:a libopus` },
  { name: 'large.opus', args: `${noise(30)} -c:a libopus -b:a 200k` },
  { name: 'vorbis.ogg', args: `${sine(2)} -c:a libvorbis` },
  { name: 'flac.oga', args: `${sine(2)} -c:a flac` },
  ...['pcm_s16le', 'pcm_u8', 'pcm_s24le', 'pcm_f32le', 'pcm_alaw'].map((codec) => ({
    name: `${codec}.wav`,
    args: `${sine(2)} -c:a ${codec}`,
  })),
  { name: 'large.wav', args: noise(10) },
  { name: 'short.flac', args: sine(2) },
  { name: 'large.flac', args: `${noise(10)} -ar 48000` },
  { name: 'plain.aac', args: sine(2), isOpen: true },
]

const still = (size: string) => `${picture(size, 1, 1)} -frames:v 1`
const pictures: MadeFile[] = [
  { name: 'still.jpg', args: still('320x180') },
  { name: 'still.png', args: still('321x181') },
  { name: 'still.gif', args: still('320x180') },
  { name: 'still.webp', args: `${still('320x180')} -c:v libwebp` },
  { name: 'lossless.webp', args: `${still('320x180')} -c:v libwebp -lossless 1` },
  { name: 'moving.apng', args: `${picture('160x90', 1, 5)} -f apng` },
]

export const madeFiles: readonly MadeFile[] = [...films, ...sounds, ...pictures]
