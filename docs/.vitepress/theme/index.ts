import '@chalkline/vue-components/style.css';
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import ComponentContract from './ComponentContract.vue';
import LiveExample from './LiveExample.vue';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('ComponentContract', ComponentContract).component('LiveExample', LiveExample);
  },
} satisfies Theme;
