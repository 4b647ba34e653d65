// Pictures from outside: judged by their bytes, drawn anew as a square, and refused with a reason.
import { afterAll, describe, expect, test } from 'vitest'
import { createPictures, mostPictureBytes } from '#core/pictures/pictures.ts'
import { squared, whole } from '#core/pictures/pixels.ts'
import { sniff } from '#core/pictures/sniff.ts'
import { look, pictureFile } from '../../support/picture-files.ts'

const pictures = createPictures()
afterAll(() => pictures.stop())

const drawn = async (name: string) => {
  const made = await pictures.square(await pictureFile(name))
  if (made.kind !== 'drawn') throw new Error(`${name}: ${made.why}`)
  return { ...made, seen: await look(made.bytes) }
}

describe('sniff', () => {
  test.each([
    ['plain.jpg', 'jpeg'],
    ['progressive.jpg', 'jpeg'],
    ['cmyk.jpg', 'jpeg'],
    ['turned.jpg', 'jpeg'],
    ['plain.png', 'png'],
    ['palette.png', 'png'],
    ['plain.webp', 'webp'],
    ['clear.webp', 'webp'],
  ])('%s is a %s of 120 by 60 pixels', async (name, kind) => {
    expect(sniff(await pictureFile(name))).toEqual({ kind, width: 120, height: 60 })
  })

  test.each([
    ['nothing', ''],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000'],
    ['a JPEG of no size', '\u00ff\u00d8\u00ff\u00c0\u0000\u000b\u0008\u0000\u0000\u0000\u0000'],
    ['a JPEG that ends in its header', '\u00ff\u00d8\u00ff\u00e0\u00ff\u00ff'],
    ['a PNG that ends in its header', '\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR'],
    ['a WebP that ends in its header', 'RIFF\u0000\u0000\u0000\u0000WEBPVP8 '],
  ])('%s is no picture', (_what, text) => {
    expect(sniff(Buffer.from(text, 'latin1'))).toBeUndefined()
  })
})

describe('a picture is drawn anew', () => {
  test.each(['plain.jpg', 'progressive.jpg', 'plain.png', 'palette.png', 'plain.webp'])(
    '%s as its middle square',
    async (name) => {
      const { type, seen } = await drawn(name)
      expect({ type, width: seen.width, height: seen.height }).toEqual({ type: 'image/jpeg', width: 60, height: 60 })
      expect([seen.at(0.1, 0.5), seen.at(0.9, 0.5)]).toEqual(['red', 'blue'])
    },
  )

  test('a large one is made smaller', async () => {
    const { seen } = await drawn('large.jpg')
    expect({ width: seen.width, height: seen.height }).toEqual({ width: 300, height: 300 })
    expect([seen.at(0.2, 0.2), seen.at(0.8, 0.8)]).toEqual(['red', 'blue'])
  })

  test('one that lies on its side is put upright, and what stood beside the picture is gone', async () => {
    const { bytes, seen } = await drawn('turned.jpg')
    expect([seen.at(0.5, 0.1), seen.at(0.5, 0.9)]).toEqual(['red', 'blue'])
    expect((await pictureFile('turned.jpg')).includes('a secret place')).toBe(true)
    expect(Buffer.from(bytes).includes('a secret place')).toBe(false)
  })

  test.each(['clear.png', 'clear.webp'])('%s stays clear where it was', async (name) => {
    const { type, seen } = await drawn(name)
    expect(type).toBe('image/png')
    expect([seen.at(0.1, 0), seen.at(0.9, 0.99)]).toEqual(['clear', 'blue'])
  })

  test.each(['grey.jpg', 'sixteen.png'])('%s, of another colour space, too', async (name) => {
    expect((await drawn(name)).seen).toMatchObject({ width: 60, height: 60 })
  })
})

test('all of a picture is kept where it need not be a square, and made smaller', async () => {
  const plain = await pictures.whole(await pictureFile('plain.png'))
  if (plain.kind !== 'drawn') throw new Error(plain.why)
  const seen = await look(plain.bytes)
  expect({ width: seen.width, height: seen.height }).toEqual({ width: 120, height: 60 })
  expect([seen.at(0.1, 0.5), seen.at(0.9, 0.5)]).toEqual(['red', 'blue'])
  const { width, height } = whole({ width: 900, height: 300, data: new Uint8ClampedArray(900 * 300 * 4) }, 300)
  expect({ width, height }).toEqual({ width: 300, height: 100 })
})

describe('what is no picture of ours is refused with the reason', () => {
  test('a kind that is not taken', async () => {
    expect(await pictures.square(await pictureFile('plain.gif'))).toEqual({
      kind: 'unknown',
      why: 'it is not a JPEG, PNG or WebP picture',
    })
  })

  test('a header that promises more pixels than are decoded', async () => {
    const bomb = await pictureFile('plain.png')
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    expect(await pictures.square(bomb)).toMatchObject({ kind: 'too large', why: expect.stringContaining('60000 × 60000 pixels') })
  })

  test('too many bytes', async () => {
    expect(await pictures.square(new Uint8Array(mostPictureBytes + 1))).toMatchObject({ kind: 'too large' })
  })

  test.each(['plain.png', 'plain.webp'])('%s with its end cut off, and the next one is drawn all the same', async (name) => {
    const all = await pictureFile(name)
    expect(await pictures.square(all.subarray(0, all.length - 60))).toMatchObject({ kind: 'damaged' })
    expect(await pictures.square(all)).toMatchObject({ kind: 'drawn' })
  })

  test('a JPEG in the four colours of print', async () => {
    expect(await pictures.square(await pictureFile('cmyk.jpg'))).toMatchObject({ kind: 'damaged' })
  })

  test('noise behind a true header', async () => {
    for (const name of ['plain.jpg', 'plain.png', 'plain.webp']) {
      const noise = await pictureFile(name)
      for (let at = 40; at < noise.length; at++) noise[at] = (at * 7919) & 0xff
      expect((await pictures.square(noise)).kind).toMatch(/^(damaged|drawn|unknown)$/)
    }
    expect(await pictures.square(await pictureFile('plain.jpg'))).toMatchObject({ kind: 'drawn' })
  })
})

describe('squared', () => {
  test('leaves a small picture as large as it is', () => {
    const data = Uint8ClampedArray.from([1, 2, 3, 255])
    expect(squared({ width: 1, height: 1, data }, 300)).toEqual({ width: 1, height: 1, data })
  })

  test('weighs colours by their opacity', () => {
    const data = Uint8ClampedArray.from([200, 0, 0, 255, 0, 255, 0, 0, 200, 0, 0, 255, 0, 255, 0, 0])
    expect([...squared({ width: 2, height: 2, data }, 1).data]).toEqual([200, 0, 0, 128])
  })
})
