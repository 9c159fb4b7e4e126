// Opens Swagger UI. A file of its own, for the page's policy allows no script within the page.
"use strict";

// Schemas that refer to each other in circles, as related entities do, keep Swagger UI busy for
// many seconds. It is shown the first step of each only: what lies beyond stands by its name.
function withoutCircles(document) {
  const schemas = document.components.schemas;
  const refers = new Set(
    Object.keys(schemas).filter((name) => JSON.stringify(schemas[name]).includes('"$ref"')),
  );
  const shortened = (key, value) => {
    const name = value?.$ref?.split("/").pop();
    return refers.has(name) ? { type: "object", title: name } : value;
  };
  for (const name of refers) {
    schemas[name] = JSON.parse(JSON.stringify(schemas[name], shortened));
  }
  return document;
}

let isLoaded = false;
const place = document.getElementById("swagger-ui");

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  responseInterceptor: (response) => {
    if (!isLoaded && response.ok) {
      isLoaded = true;
      response.text = JSON.stringify(withoutCircles(JSON.parse(response.text)));
    }
    return response;
  },
});
