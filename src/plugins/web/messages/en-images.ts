// Pure: what is said of the instance's own pictures, in English.

export const enImages = {
  images: {
    title: 'Pictures',
    lead: 'How this server looks: in pages, browser tabs and letters.',
    kinds: {
      logo: ['Logo', 'On light pages. SVG, PNG, JPEG or WebP.'],
      'logo-dark': ['Logo on dark pages', 'Without it, the other one is shown there too.'],
      background: ['Background', 'Beside the sign-in. A wide picture, such as 1920 × 1080.'],
      favicon: ['Icon', 'In the browser’s tab. Square; ICO is possible too.'],
      email: ['Logo in letters', 'PNG, JPEG or WebP. Without it, the logo, unless it is an SVG.'],
      'default-profile-picture': ['Default picture', 'For people who have none. Without it, their initials.'],
    } as Readonly<Record<string, readonly [name: string, about: string]>>,
    file: (name: string) => `File for: ${name}`,
    put: 'Put up',
    remove: (name: string) => `Take down: ${name}`,
    own: 'Your own',
  },
}
