// Pure: what is said of the instance's own pictures, in German.
import type { enImages } from './en-images.ts'

export const deImages: typeof enImages = {
  images: {
    title: 'Bilder',
    lead: 'Wie dieser Server aussieht: auf Seiten, im Browser-Tab und in Briefen.',
    kinds: {
      logo: ['Logo', 'Auf hellen Seiten. SVG, PNG, JPEG oder WebP.'],
      'logo-dark': ['Logo auf dunklen Seiten', 'Ohne es erscheint dort auch das andere.'],
      background: ['Hintergrund', 'Neben der Anmeldung. Ein breites Bild, etwa 1920 × 1080.'],
      favicon: ['Symbol', 'Im Tab des Browsers. Quadratisch; auch ICO geht.'],
      email: ['Logo in Briefen', 'PNG, JPEG oder WebP. Ohne es das Logo, sofern es kein SVG ist.'],
      'default-profile-picture': ['Standardbild', 'Für Menschen ohne eigenes. Ohne es ihre Initialen.'],
    },
    file: (name) => `Datei für: ${name}`,
    put: 'Hochladen',
    remove: (name) => `Entfernen: ${name}`,
    own: 'Eigenes',
  },
}
