# docker build -t sheetformer . && docker run --rm -p 8000:8000 sheetformer
FROM python:3.12-slim
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN pip install --no-cache-dir "/build[serve]" && rm -r /build && useradd --create-home reader
USER reader
EXPOSE 8000
ENTRYPOINT ["sheetformer"]
CMD ["serve", "--host", "0.0.0.0"]
