// The API page: draws the description that the page names.
(() => {
 const place = document.getElementById("swagger-ui");
 window.SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  layout: "BaseLayout",
  presets: [window.SwaggerUIBundle.presets.apis],
 });
})();
