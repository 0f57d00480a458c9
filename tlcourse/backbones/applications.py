"""Backbones from `keras.applications`, preprocessing included."""

from keras import Input, Model, applications, layers, ops

from tlcourse.backbones.image_shape import check_image_shape

_CAFFE_OFFSET = (-103.939, -116.779, -123.68)  # ImageNet's mean blue, green and red, subtracted

_TORCH_MEAN, _TORCH_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, in [0, 1]

# name: (builder in keras.applications, scaling of pixels in its training)
APPLICATIONS = {
    "vgg16": ("VGG16", "caffe"),
    "vgg19": ("VGG19", "caffe"),
    "resnet50": ("ResNet50", "caffe"),
    "resnet50_v2": ("ResNet50V2", "tf"),
    "inception_v3": ("InceptionV3", "tf"),
    "xception": ("Xception", "tf"),
    "mobilenet_v2": ("MobileNetV2", "tf"),
    "mobilenet_v3_small": ("MobileNetV3Small", "bytes"),
    "densenet121": ("DenseNet121", "torch"),
    "efficientnet_b0": ("EfficientNetB0", "bytes"),
    "efficientnet_v2_b0": ("EfficientNetV2B0", "bytes"),
    "convnext_tiny": ("ConvNeXtTiny", "bytes"),
}


def application(name, *, input_shape=(224, 224, 3), weights=None):
    """Build a `keras.applications` network without its top, for images in [0, 1].

    The network's `preprocess_input` is built in, so it can be neither forgotten nor applied
    twice.

    Args:
        name: one of `APPLICATIONS`.
        input_shape: (height, width, 3).
        weights: None for random weights, or "imagenet", which Keras downloads once.

    Returns:
        `keras.Model`: float32 images (n, height, width, 3), RGB, to features (n, d), averaged
        over the image.
    """
    builder, scaling = APPLICATIONS[name]
    input_shape = check_image_shape(input_shape, name, channels=3)
    body = getattr(applications, builder)(
        include_top=False, weights=weights, input_shape=input_shape, pooling="avg"
    )
    images = Input(input_shape, name="images")
    if scaling == "caffe":
        scaled = layers.Rescaling(255.0, offset=_CAFFE_OFFSET)(ops.flip(images, axis=-1))
    elif scaling == "tf":
        scaled = layers.Rescaling(2.0, offset=-1.0)(images)
    elif scaling == "torch":
        scaled = layers.Rescaling(
            [1 / std for std in _TORCH_STD],
            offset=[-mean / std for mean, std in zip(_TORCH_MEAN, _TORCH_STD, strict=True)],
        )(images)
    else:
        scaled = layers.Rescaling(255.0)(images)
    return Model(images, body(scaled), name=name)
